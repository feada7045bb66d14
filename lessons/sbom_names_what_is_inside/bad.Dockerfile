FROM golang:1.26-trixie AS build
COPY hello.c /src/
RUN gcc -Os -s -static -o /hello /src/hello.c

FROM scratch
COPY --from=build /hello /hello
USER 65532:65532
ENTRYPOINT ["/hello"]
