FROM plimsoll/go-gin:prod AS server
EXPOSE 8080

FROM plimsoll/rust-cli:prod
