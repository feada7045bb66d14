# The stand-ins, in one graph: each is built once, and those that do not need each other side by side.
# `python -m workshop bases` calls this for the official names that could not be pulled; it makes build/bases/ first.

group "default" {
  targets = [
    "debian", "ubuntu", "alpine", "busybox", "golang", "python", "postgres", "rust", "node", "nginx",
  ]
}

target "debian" {
  context    = "build/bases"
  dockerfile = "../../bases/debian/Dockerfile"
  tags       = ["debian:trixie-slim"]
}

target "derived" {
  contexts = { "debian:trixie-slim" = "target:debian" }
}

target "ubuntu" {
  inherits = ["derived"]
  context  = "bases/ubuntu"
  tags     = ["ubuntu:24.04"]
}

target "alpine" {
  inherits = ["derived"]
  context  = "bases/alpine"
  tags     = ["alpine:3.22"]
}

target "busybox" {
  inherits = ["derived"]
  context  = "bases/busybox"
  tags     = ["busybox:1.37-musl"]
}

target "golang" {
  inherits = ["derived"]
  context  = "bases/golang"
  tags     = ["golang:1.26-trixie"]
}

target "python" {
  inherits = ["derived"]
  context  = "bases/python"
  tags     = ["python:3.13-slim-trixie"]
}

target "postgres" {
  inherits = ["derived"]
  context  = "bases/postgres"
  tags     = ["postgres:17-trixie"]
}

target "rust" {
  inherits = ["derived"]
  context  = "bases/rust"
  tags     = ["rust:1.96-slim-trixie"]
}

target "node" {
  inherits = ["derived"]
  context  = "bases/node"
  tags     = ["node:24-trixie-slim"]
}

target "nginx" {
  inherits = ["derived"]
  context  = "bases/nginx"
  tags     = ["nginx:1.28-trixie"]
}
