FROM plimsoll/rust-cli:prod
# RUN starts a shell, and the image that this builds on has none.
RUN mkdir /data
