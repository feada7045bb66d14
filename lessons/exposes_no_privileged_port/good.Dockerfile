FROM plimsoll/rust-cli:prod
EXPOSE 8080
