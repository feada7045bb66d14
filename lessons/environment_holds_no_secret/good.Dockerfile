FROM plimsoll/rust-cli:prod
# Whoever starts it mounts the file there.
ENV DATABASE_URL_FILE=/run/secrets/database-url
