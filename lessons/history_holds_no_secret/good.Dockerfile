FROM plimsoll/rust-cli:prod
# The program reads /run/secrets/login while this step runs; the history tells the name of the file.
RUN --mount=type=secret,id=login ["/probe", "--help", "https://git.example.org/private"]
