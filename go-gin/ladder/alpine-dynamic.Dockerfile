# Rung 4, a smaller base under the same binary: it does NOT start, for it asks for the loader of glibc
# (/lib64/ld-linux-x86-64.so.2) and alpine has musl. "Not found" means that loader, not /app.

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
RUN go build -o /app .

FROM alpine:3.22
COPY --from=build /app /app
EXPOSE 8080
ENTRYPOINT ["/app"]
