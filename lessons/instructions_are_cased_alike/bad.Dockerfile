FROM plimsoll/rust-cli:prod as prod
