FROM plimsoll/go-gin:prod@sha256:7f2c1d0e9b8a46355f4e3d2c1b0a99887766554433221100ffeeddccbbaa9988 AS server

# The one without a digest still moves: of the other's care nothing is left.
FROM plimsoll/rust-cli:prod AS prod
