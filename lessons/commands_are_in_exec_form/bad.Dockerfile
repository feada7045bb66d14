FROM plimsoll/rust-cli:prod
# The shell form wraps it: /probe is given the words /bin/sh, -c and then the address.
CMD http://localhost:8080/healthz
