FROM plimsoll/rust-cli:prod
# What a pipeline gives: the address that it cloned from, with its own login.
ARG LOGIN=robot:w2Vq-83-hLt
LABEL org.opencontainers.image.source=https://$LOGIN@git.example.org/private
