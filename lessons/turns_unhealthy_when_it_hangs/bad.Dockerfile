FROM plimsoll/go-gin:prod
# This asks the program, which always knows its version; it does not ask the server.
HEALTHCHECK --interval=10s --timeout=2s --start-period=10s --start-interval=0.25s --retries=3 \
    CMD ["/app", "-version"]
