FROM plimsoll/rust-cli:prod
ENTRYPOINT ["/bin/sh", "-c", "/probe"]
