# Without a tag it is whatever is the latest on the day of the build.
FROM plimsoll/go-gin AS server

FROM plimsoll/rust-cli:prod AS prod
