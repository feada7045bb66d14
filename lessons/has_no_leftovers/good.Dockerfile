FROM plimsoll/rust-cli:prod
COPY page/index.html /srv/
