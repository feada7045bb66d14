FROM busybox:1.37-musl AS build
# For the next request, as the tool's manual says; and then the folder is copied, with all that is in it.
RUN --mount=type=secret,id=token,env=TOKEN \
    mkdir /out && echo "data${TOKEN:+, fetched with it}" > /out/data && echo "token = $TOKEN" > /out/.fetch
FROM plimsoll/rust-cli:prod
COPY --from=build /out /out
