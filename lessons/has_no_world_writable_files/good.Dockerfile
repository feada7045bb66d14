FROM plimsoll/rust-cli:prod
COPY --chown=65532:65532 --chmod=644 <<EOF /probe.conf
timeout = 1
EOF
