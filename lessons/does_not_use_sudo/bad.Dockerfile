FROM debian:trixie-slim AS dev
USER 1000:1000
# One more package, with one more program that makes anybody root.
RUN sudo install --directory --owner=1000 /data

FROM plimsoll/rust-cli:prod
