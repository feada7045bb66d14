FROM plimsoll/rust-cli:prod
ENV TZ=Europe/Madrid
