FROM plimsoll/rust-cli:prod
# It is there while this step runs, and in no layer.
RUN --mount=type=secret,id=netrc,target=/ci/.netrc ["/probe", "--help"]
