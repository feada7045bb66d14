FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY main.go .
ARG TARGETARCH
RUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -w" -o /hello main.go

FROM scratch AS for-amd64
ENV TUNED_FOR=amd64

FROM scratch AS for-arm64
ENV TUNED_FOR=arm64

# hadolint ignore=DL3006
FROM for-$TARGETARCH
COPY --from=build /hello /hello
USER 65532:65532
ENTRYPOINT ["/hello"]
