FROM plimsoll/rust-cli:prod
USER 65532:65532
