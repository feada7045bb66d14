FROM plimsoll/rust-cli:prod
COPY --from=plimsoll/rust-cli:prod --chmod=4755 /probe /check
