FROM busybox:1.37-musl
COPY greeting.txt /greeting
CMD ["cat", "/greeting"]
