FROM plimsoll/node-web:static
COPY bad.conf /etc/nginx/nginx.conf
