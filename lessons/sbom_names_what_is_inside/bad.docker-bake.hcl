target "default" {
  dockerfile = "bad.Dockerfile"
  tags      = ["registry.example/hello:1.4.2"]
  platforms = ["linux/amd64"]
  labels = {
    "org.opencontainers.image.title" = "hello"
    "org.opencontainers.image.version" = "1.4.2"
    "org.opencontainers.image.revision" = "5f2c9a1be07d4386a1c0f4d27e9b8365c1d0a4f2"
    "org.opencontainers.image.source" = "https://example.test/hello"
    "org.opencontainers.image.licenses" = "MIT"
  }
  annotations = [
    "index,manifest:org.opencontainers.image.title=hello",
    "index,manifest:org.opencontainers.image.version=1.4.2",
    "index,manifest:org.opencontainers.image.revision=5f2c9a1be07d4386a1c0f4d27e9b8365c1d0a4f2",
    "index,manifest:org.opencontainers.image.source=https://example.test/hello",
    "index,manifest:org.opencontainers.image.licenses=MIT",
  ]
  attest = ["type=provenance,mode=max", "type=sbom,generator=plimsoll/sbom:1"]
  output = ["type=registry"]
}
