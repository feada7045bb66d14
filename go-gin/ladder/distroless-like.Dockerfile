# Rung 6, no operating system: what a distroless static image holds (a user, certificates, time zones, /tmp).

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

FROM debian:trixie-slim AS files
RUN apt-get update && apt-get install -y --no-install-recommends \
        ca-certificates \
        tzdata \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /files
RUN mkdir -p etc/ssl/certs usr/share \
    && mkdir -m 1777 tmp \
    && echo 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' > etc/passwd \
    && echo 'nonroot:x:65532:' > etc/group \
    && cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/ \
    && cp -a /usr/share/zoneinfo usr/share/

FROM scratch
COPY --from=files /files /
COPY --from=build /app /app
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/app"]
