FROM plimsoll/rust-cli:prod
COPY page/ /srv/
