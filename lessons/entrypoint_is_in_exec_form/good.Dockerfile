FROM plimsoll/rust-cli:prod
ENTRYPOINT ["/probe"]
