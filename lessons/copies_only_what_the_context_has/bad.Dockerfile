FROM scratch AS docs
COPY notes.txt /

FROM plimsoll/rust-cli:prod
