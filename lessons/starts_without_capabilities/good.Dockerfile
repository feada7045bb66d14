FROM plimsoll/rust-cli:prod
COPY --from=plimsoll/go-translate:client /client /client
ENTRYPOINT ["/client"]
