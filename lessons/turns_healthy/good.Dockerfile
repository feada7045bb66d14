FROM plimsoll/go-gin:prod
COPY --from=plimsoll/rust-cli:prod /probe /probe
HEALTHCHECK --interval=10s --timeout=2s --start-period=1s --start-interval=0.25s --retries=3 \
    CMD ["/probe", "http://127.0.0.1:8080/healthz"]
