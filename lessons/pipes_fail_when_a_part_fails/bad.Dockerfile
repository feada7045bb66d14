FROM busybox:1.37-musl AS list
RUN cut -d: -f1 /etc/passwd | sort > /users

FROM plimsoll/rust-cli:prod
