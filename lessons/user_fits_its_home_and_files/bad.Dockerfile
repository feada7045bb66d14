FROM plimsoll/rust-cli:prod
# Only its owner may start it, and that is root.
COPY --from=plimsoll/go-translate:client --chmod=700 /client /client
ENTRYPOINT ["/client"]
