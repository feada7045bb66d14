FROM busybox:1.37-musl AS build
ARG SOURCE_DATE_EPOCH=0
RUN date -u -d @$SOURCE_DATE_EPOCH > /built
FROM plimsoll/rust-cli:prod
COPY --from=build /built /built
