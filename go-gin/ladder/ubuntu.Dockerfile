# Rung 1, an operating system: a C compiler from its packages, Go copied from its own image, everything stays.

FROM ubuntu:24.04
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

EXPOSE 8080
ENTRYPOINT ["/app"]
