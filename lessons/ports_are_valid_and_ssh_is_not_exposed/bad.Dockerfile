FROM plimsoll/go-gin:prod AS server
EXPOSE 22

FROM plimsoll/rust-cli:prod
