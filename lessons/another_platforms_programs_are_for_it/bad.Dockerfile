FROM --platform=$BUILDPLATFORM plimsoll/rust-cli:prod AS program

FROM --platform=$BUILDPLATFORM busybox:1.37-musl AS build
# As a compiler does that is told of no target: the program is for the platform that builds it.
COPY --from=program /probe /probe
RUN test -x /probe

FROM scratch
COPY --from=build /probe /probe
USER 65532:65532
ENTRYPOINT ["/probe"]
LABEL org.opencontainers.image.title="probe" \
      org.opencontainers.image.description="A lesson" \
      org.opencontainers.image.source="https://example.org/plimsoll" \
      org.opencontainers.image.version="1.0.0" \
      org.opencontainers.image.revision="5f2c9a1be07d4386a1c0f4d27e9b8365c1d0a4f2" \
      org.opencontainers.image.licenses="MIT"
