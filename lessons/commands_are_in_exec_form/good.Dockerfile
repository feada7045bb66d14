FROM plimsoll/rust-cli:prod
CMD ["http://localhost:8080/healthz"]
