FROM plimsoll/rust-cli:prod
RUN ["/probe", "--help", "https://robot:w2Vq-83-hLt@git.example.org/private"]
