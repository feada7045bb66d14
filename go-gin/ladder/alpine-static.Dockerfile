# Rung 5, the same without cgo: the binary is static, asks for no loader and starts on any Linux.

FROM ubuntu:24.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
        ca-certificates \
        gcc \
        git \
        libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=golang:1.26-trixie /usr/local/go /usr/local/go
ENV PATH=/usr/local/go/bin:$PATH
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
RUN CGO_ENABLED=0 go build -o /app .

FROM alpine:3.22
COPY --from=build /app /app
EXPOSE 8080
ENTRYPOINT ["/app"]
