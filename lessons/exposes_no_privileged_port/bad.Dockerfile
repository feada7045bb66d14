FROM plimsoll/rust-cli:prod
EXPOSE 80
