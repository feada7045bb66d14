FROM plimsoll/node-web:static
# Where nginx serves from by default; this one is configured otherwise.
COPY hello.html /usr/share/nginx/html/
