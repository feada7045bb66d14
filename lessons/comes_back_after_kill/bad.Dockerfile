FROM busybox:1.37-musl AS files
RUN mkdir -p /root-fs/tmp && chmod 1777 /root-fs/tmp
FROM plimsoll/node-web:static
COPY --from=files /root-fs /
COPY bad.conf /etc/nginx/nginx.conf
