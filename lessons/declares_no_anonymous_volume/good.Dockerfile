FROM plimsoll/rust-cli:prod
