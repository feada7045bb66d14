FROM plimsoll/rust-cli:prod
# The program is /probe, and / is in no PATH.
ENTRYPOINT ["probe"]
