FROM plimsoll/rust-cli:prod
COPY --from=plimsoll/go-translate:client --chown=65532:65532 /client /client
