FROM plimsoll/rust-cli:prod
COPY --from=python:3.13-slim-trixie /usr/local/bin/pip /usr/local/bin/pip
