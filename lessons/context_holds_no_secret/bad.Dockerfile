FROM scratch AS share
COPY . /share

FROM plimsoll/rust-cli:prod
