# What makes the SBOM may read the sources and the stage, where it is known what was linked.
ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
ARG BUILDKIT_SBOM_SCAN_STAGE=true

FROM golang:1.26-trixie AS build
COPY hello.c /src/
# The compiler writes down what the program was made of.
RUN gcc -Os -s -static -MMD -MF /hello.d -MT /hello -o /hello /src/hello.c

FROM scratch
COPY --from=build /hello /hello
USER 65532:65532
ENTRYPOINT ["/hello"]
