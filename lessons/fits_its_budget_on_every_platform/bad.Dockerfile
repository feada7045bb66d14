FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY main.go .
ARG TARGETARCH
RUN if [ "$TARGETARCH" = amd64 ]; then export GOFLAGS=-ldflags=-s; fi \
    && CGO_ENABLED=0 GOARCH=$TARGETARCH go build -trimpath -o /hello main.go

FROM scratch
COPY --from=build /hello /hello
USER 65532:65532
ENTRYPOINT ["/hello"]
