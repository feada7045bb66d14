FROM plimsoll/rust-cli:prod
USER 0:0
