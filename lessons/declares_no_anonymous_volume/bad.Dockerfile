FROM plimsoll/rust-cli:prod
VOLUME /data
