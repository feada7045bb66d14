FROM busybox:1.37-musl AS data
RUN wget -qO /data https://robot:w2Vq-83-hLt@example.org/data

FROM plimsoll/rust-cli:prod
