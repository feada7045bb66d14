FROM plimsoll/rust-cli:prod
LABEL org.example.port="8080" \

      org.example.crew="7"
