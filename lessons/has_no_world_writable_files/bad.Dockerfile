FROM plimsoll/rust-cli:prod
# "Permission denied", and this helped.
COPY --chmod=666 <<EOF /probe.conf
timeout = 1
EOF
