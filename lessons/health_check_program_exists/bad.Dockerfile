FROM plimsoll/rust-cli:prod
HEALTHCHECK CMD ["curl", "--fail", "http://127.0.0.1:8080/healthz"]
