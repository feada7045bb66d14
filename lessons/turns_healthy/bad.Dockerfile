FROM plimsoll/go-gin:prod
COPY --from=plimsoll/rust-cli:prod /probe /probe
# The port is the one of another service: this one listens on 8080.
HEALTHCHECK --interval=10s --timeout=2s --start-period=1s --start-interval=0.25s --retries=3 \
    CMD ["/probe", "http://127.0.0.1:5000/healthz"]
