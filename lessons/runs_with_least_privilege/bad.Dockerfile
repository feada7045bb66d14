FROM plimsoll/node-web:static
# Only the image's own user may read it, and a platform may run the image as any.
COPY --chown=65532:65532 --chmod=0400 hello.html /srv/
