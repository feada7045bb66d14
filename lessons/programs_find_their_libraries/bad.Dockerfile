FROM plimsoll/rust-cli:prod
# Linked with glibc, of which nothing is here.
COPY --from=plimsoll/go-gin:alpine-dynamic /app /app
