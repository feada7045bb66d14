FROM plimsoll/rust-cli:prod
COPY <<EOF /etc/passwd
root:x:0:0:root:/:/sbin/nologin
app:x:65532:65532:the app:/:/sbin/nologin
backup:x:65532:65532:reads all data:/:/sbin/nologin
EOF
