FROM plimsoll/rust-cli:prod
CMD ["--help"]
