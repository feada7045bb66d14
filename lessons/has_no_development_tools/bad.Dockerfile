FROM plimsoll/rust-cli:prod
# One list of dependencies, for what runs and for what tests it.
COPY --from=plimsoll/catweb:test /usr/local/bin/pytest /usr/local/bin/pytest
