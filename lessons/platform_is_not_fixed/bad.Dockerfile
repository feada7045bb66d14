FROM --platform=linux/amd64 plimsoll/rust-cli:prod
