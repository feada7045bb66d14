FROM plimsoll/rust-cli:prod
# What Cargo downloaded to compile the program, as a single stage keeps it.
COPY --from=plimsoll/rust-cli:single /usr/local/cargo/registry /usr/local/cargo/registry
