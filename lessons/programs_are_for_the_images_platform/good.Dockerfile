FROM busybox:1.37-musl AS build
COPY --from=plimsoll/rust-cli:prod /probe /tool

FROM plimsoll/rust-cli:prod
COPY --from=build /tool /tool
