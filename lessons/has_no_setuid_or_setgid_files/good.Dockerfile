FROM plimsoll/rust-cli:prod
COPY --from=plimsoll/rust-cli:prod --chmod=755 /probe /check
