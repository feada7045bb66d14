FROM plimsoll/rust-cli:prod
WORKDIR /data
