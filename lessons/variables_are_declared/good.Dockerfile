FROM scratch AS share
ARG NAME=probe
COPY notes.txt /share/$NAME/notes.txt

FROM plimsoll/rust-cli:prod
