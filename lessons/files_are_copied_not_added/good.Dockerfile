FROM scratch AS share
COPY notes.txt /share/

FROM plimsoll/rust-cli:prod
