FROM plimsoll/rust-cli:prod
COPY --from=plimsoll/go-gin:alpine-static /app /app
