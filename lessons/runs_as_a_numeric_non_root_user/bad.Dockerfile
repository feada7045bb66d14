FROM plimsoll/rust-cli:prod
USER root
