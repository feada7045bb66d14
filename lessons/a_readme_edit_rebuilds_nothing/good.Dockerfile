FROM plimsoll/rust-cli:prod
COPY texts/ /texts/
