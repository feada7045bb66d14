FROM scratch AS files
COPY notes.txt /share/

FROM scratch AS share
COPY --from=files /share /share

FROM plimsoll/rust-cli:prod
