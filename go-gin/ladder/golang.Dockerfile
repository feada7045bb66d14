# Rung 2, the official image: the same toolchain without installing it, and no smaller.

FROM golang:1.26-trixie
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
RUN go build -o /app .

EXPOSE 8080
ENTRYPOINT ["/app"]
