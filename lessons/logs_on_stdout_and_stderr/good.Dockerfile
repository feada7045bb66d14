FROM plimsoll/node-web:static
COPY good.conf /etc/nginx/nginx.conf
