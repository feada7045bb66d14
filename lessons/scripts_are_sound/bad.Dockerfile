FROM busybox:1.37-musl AS files
RUN name="sea trial" \
    && mkdir /out \
    && touch /out/$name

FROM plimsoll/rust-cli:prod
