FROM busybox:1.37-musl AS build
RUN cp /bin/busybox /tool

FROM plimsoll/rust-cli:prod
COPY --from=build /tool /tool
