FROM plimsoll/rust-cli:prod
COPY --from=plimsoll/go-translate:client /client /client
USER 0:0
# A file with another owner is another file: the first one stays in the layer above.
RUN --mount=from=busybox:1.37-musl,target=/tools ["/tools/bin/busybox", "chown", "65532:65532", "/client"]
USER 65532:65532
