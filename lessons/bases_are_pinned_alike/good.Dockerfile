FROM plimsoll/go-gin:prod AS server

FROM plimsoll/rust-cli:prod AS prod
