FROM plimsoll/rust-cli:prod AS Prod
