FROM scratch AS files
COPY notes.txt /share/

FROM scratch AS share
# All that ever comes to be in that stage, too.
COPY --from=files / /

FROM plimsoll/rust-cli:prod
