# How every image of an app is built (bases/ has its own; compose.yaml repeats what it needs of the dev targets, so that
# it works alone). `docker buildx bake` builds each prod image;
# `docker buildx bake all` everything. A new app is one line in APPS; a ladder's rung one line in RUNGS.

variable "APPS" {
  default = [
    "go-gin",
    "go-translate",
    "node-web",
    "python-flask/catweb",
    "python-flask/widgets",
    "rust-cli",
  ]
}

# What an app has beside the usual variants: each is a stage of its Dockerfile.
variable "EXTRAS" {
  default = [
    { app = "go-translate", variant = "server" },
    { app = "go-translate", variant = "client" },
    { app = "go-translate", variant = "all" },
    { app = "node-web", variant = "static" },
  ]
}

# An app's folder and the file in its ladder/, in the order in which a reader climbs.
variable "RUNGS" {
  default = [
    { app = "go-gin", rung = "ubuntu" },
    { app = "go-gin", rung = "golang" },
    { app = "go-gin", rung = "multi-ubuntu" },
    { app = "go-gin", rung = "alpine-dynamic" },
    { app = "go-gin", rung = "alpine-static" },
    { app = "go-gin", rung = "distroless-like" },
    { app = "go-gin", rung = "scratch" },
    { app = "python-flask/catweb", rung = "multi-ubuntu" },
    { app = "python-flask/catweb", rung = "slim" },
    { app = "python-flask/catweb", rung = "alpine" },
    { app = "python-flask/catweb", rung = "distroless-like" },
    { app = "python-flask/catweb", rung = "scratch" },
  ]
}

# Who builds: a dev image's user owns the files that compose syncs or mounts into it.
variable "UID" { default = 1000 }
variable "GID" { default = 1000 }

# What the labels say. A release sets these in its environment; any other build keeps the defaults, so that a commit
# alone changes no image.
variable "VERSION" { default = "0.0.0-dev" }
variable "REVISION" { default = "unknown" }
variable "CREATED" { default = "1970-01-01T00:00:00Z" }

group "default" { targets = ["prod"] }
group "all" { targets = ["single", "ladder", "app", "extra", "prod"] }

target "labels" {
  args = {
    VERSION  = VERSION
    REVISION = REVISION
    CREATED  = CREATED
  }
}

# Empty here. GitHub's action docker/metadata-action writes another file, in which it has tags, labels and annotations;
# they are for one image, so such a file goes with one target: `docker buildx bake -f docker-bake.hcl -f FILE go-gin-prod`.
target "docker-metadata-action" {}

# What a prod image is called unless that action says otherwise: what a target itself says, nothing inherited replaces.
target "named" {
  matrix = { app = APPS }
  name   = "${basename(app)}-named"
  tags   = ["plimsoll/${basename(app)}:prod"]
}

target "prod" {
  inherits = ["labels", "${basename(app)}-named", "docker-metadata-action"]
  matrix   = { app = APPS }
  name     = "${basename(app)}-prod"
  context  = app
  target   = "prod"
}

target "app" {
  inherits = ["labels"]
  matrix = {
    app     = APPS
    variant = ["dev", "test", "debug"]
  }
  name    = "${basename(app)}-${variant}"
  context = app
  target  = variant
  tags    = ["plimsoll/${basename(app)}:${variant}"]
  args = {
    UID = UID
    GID = GID
  }
}

target "extra" {
  inherits = ["labels"]
  matrix   = { item = EXTRAS }
  name     = "${basename(item.app)}-${item.variant}"
  context  = item.app
  target   = item.variant
  tags     = ["plimsoll/${basename(item.app)}:${item.variant}"]
}

target "single" {
  matrix     = { app = APPS }
  name       = "${basename(app)}-single"
  context    = app
  dockerfile = "Dockerfile.single"
  tags       = ["plimsoll/${basename(app)}:single"]
}

# Both programs of go-translate for both architectures, to build/binaries/: nothing that runs in a container.
target "binaries" {
  inherits  = ["labels"]
  context   = "go-translate"
  target    = "binaries"
  platforms = ["linux/amd64", "linux/arm64"]
  output    = ["build/binaries"]
}

target "ladder" {
  matrix     = { item = RUNGS }
  name       = "${basename(item.app)}-${item.rung}"
  context    = item.app
  dockerfile = "ladder/${item.rung}.Dockerfile"
  tags       = ["plimsoll/${basename(item.app)}:${item.rung}"]
}
