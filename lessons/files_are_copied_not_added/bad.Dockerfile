FROM scratch AS share
ADD notes.txt /share/

FROM plimsoll/rust-cli:prod
