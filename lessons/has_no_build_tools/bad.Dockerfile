FROM plimsoll/rust-cli:prod
COPY --from=golang:1.26-trixie /usr/bin/make /opt/tools/bin/make
