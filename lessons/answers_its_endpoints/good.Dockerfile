FROM plimsoll/node-web:static
COPY hello.html /srv/
