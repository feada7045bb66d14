# Nothing copies from here any more, and without a name it can't be built alone either.
FROM busybox:1.37-musl
COPY README.md /

FROM plimsoll/rust-cli:prod
