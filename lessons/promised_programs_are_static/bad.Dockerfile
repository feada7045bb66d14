FROM plimsoll/rust-cli:prod
# Linked with glibc, which has to come along: its loader, in the place of amd64 and in that of arm64, and its library.
COPY --from=plimsoll/go-gin:alpine-dynamic /app /app
COPY --from=debian:trixie-slim /usr/lib/*-linux-gnu/ld-linux-*.so.* /lib64/
COPY --from=debian:trixie-slim /usr/lib/*-linux-gnu/ld-linux-*.so.* /usr/lib/*-linux-gnu/libc.so.6 /lib/
