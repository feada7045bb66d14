FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY main.go .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -w" -o /hello main.go

FROM scratch AS for-amd64
USER 65532:65532

FROM scratch AS for-arm64
USER 1000:1000

# hadolint ignore=DL3006
FROM for-$TARGETARCH
COPY --from=build /hello /hello
ENTRYPOINT ["/hello"]
