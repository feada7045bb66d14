FROM plimsoll/rust-cli:prod
# Never used: the one below takes its place.
CMD ["--version"]
CMD ["--help"]
