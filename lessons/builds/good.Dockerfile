FROM busybox:1.37-musl AS data
RUN mkdir /data
FROM plimsoll/rust-cli:prod
COPY --from=data /data /data
