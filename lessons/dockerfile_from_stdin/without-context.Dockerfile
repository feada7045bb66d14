FROM busybox:1.37-musl
RUN echo "hello, from no file at all" > /greeting
CMD ["cat", "/greeting"]
