variable "TAG" { default = "1" }

group "default" { targets = ["hull", "sails"] }

target "base" {
  dockerfile = "base.Dockerfile"
}

target "image" {
  matrix     = { name = ["hull", "sails"] }
  name       = name
  dockerfile = "${name}.Dockerfile"
  tags       = ["plimsoll/lesson-shared-${name}:${TAG}"]
  # Built in the same graph, and so never older than what stands on it.
  contexts = { "plimsoll/lesson-shared-base:1" = "target:base" }
}
