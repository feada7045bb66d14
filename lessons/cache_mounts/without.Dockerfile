FROM busybox:1.37-musl AS build
WORKDIR /src
COPY compile.sh .
COPY sources/ sources/
RUN sh compile.sh > /ship

FROM scratch
COPY --from=build /ship /ship
