FROM --platform=$BUILDPLATFORM busybox:1.37-musl AS build
ARG TARGETARCH
RUN echo "made for ${TARGETARCH}" >/platform

FROM plimsoll/rust-cli:prod
COPY --from=build /platform /usr/share/platform
