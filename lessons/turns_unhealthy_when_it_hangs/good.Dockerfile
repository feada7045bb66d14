FROM plimsoll/go-gin:prod
HEALTHCHECK --interval=10s --timeout=2s --start-period=10s --start-interval=0.25s --retries=3 \
    CMD ["/app", "healthcheck"]
