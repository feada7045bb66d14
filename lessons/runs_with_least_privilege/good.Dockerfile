FROM plimsoll/node-web:static
COPY --chmod=0444 hello.html /srv/
