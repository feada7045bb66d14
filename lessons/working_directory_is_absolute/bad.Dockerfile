FROM plimsoll/rust-cli:prod
# Below whatever WORKDIR the base has today.
WORKDIR data
