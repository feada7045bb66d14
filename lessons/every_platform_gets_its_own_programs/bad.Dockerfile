# Known to FROM alone: in the stage it is empty, whatever platform is built.
ARG TARGETARCH

FROM --platform=$BUILDPLATFORM busybox:1.37-musl AS build
RUN echo "made for ${TARGETARCH}" >/platform

FROM plimsoll/rust-cli:prod
COPY --from=build /platform /usr/share/platform
