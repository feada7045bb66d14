FROM plimsoll/rust-cli:prod
COPY --from=debian:trixie-slim /usr/share/zoneinfo/Europe/Madrid /usr/share/zoneinfo/Europe/Madrid
