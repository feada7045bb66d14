FROM plimsoll/rust-cli:prod
COPY --from=plimsoll/go-translate:client --chmod=755 /client /client
ENTRYPOINT ["/client"]
