FROM plimsoll/rust-cli:prod
# The pipeline gives the address that everybody may know.
ARG HOST=git.example.org
LABEL org.opencontainers.image.source=https://$HOST/private
