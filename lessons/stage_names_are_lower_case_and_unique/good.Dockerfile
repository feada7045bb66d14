FROM plimsoll/rust-cli:prod AS prod
