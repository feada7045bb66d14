FROM scratch AS docs
COPY README.md /

FROM plimsoll/rust-cli:prod
