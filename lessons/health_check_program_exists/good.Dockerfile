FROM plimsoll/rust-cli:prod
HEALTHCHECK CMD ["/probe", "http://127.0.0.1:8080/healthz"]
