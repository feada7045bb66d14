# Rung 7, the binary and nothing else: this server reads no certificates, no time zones, no user names.
# The Dockerfile one folder up goes on from here: it makes the binary itself smaller.

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

FROM scratch
COPY --from=build /app /app
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/app"]
