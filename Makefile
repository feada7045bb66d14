# `make` alone lists the targets. Each does all the set-up it needs.
APP ?=
DIR ?= .
FROM ?= go-gin
K ?=
RENEW ?=
PLATFORM ?=
ARGS ?=
REGISTRY ?=
TAG ?=
KEY ?=
# Without byte code, every process would compile the judge and the tests anew.
unexport PYTHONDONTWRITEBYTECODE
export PLIMSOLL_PORT := $(or $(PORT),$(PLIMSOLL_PORT),8080)

WORKSHOP := .venv/bin/python -m workshop
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help up down engine bases test machines check sizes readme measured bench servers peers figures new reproduce wheel publish lint clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

up: $(READY) ## build and start the system, print its address (PORT=8081 for another port)
	@$(WORKSHOP) up

down: $(READY) ## stop the system; its data stays
	@$(WORKSHOP) down

engine: $(READY) ## find a Docker Engine, or install and start one
	@$(WORKSHOP) engine

test: $(READY) ## build every image and run the suite (APP=go-gin, K=endpoints, ARGS=... narrow it; PLATFORM=linux/arm64)
	@$(WORKSHOP) test $(addprefix --app ,$(APP)) $(addprefix --platform ,$(PLATFORM)) -- $(if $(K),-k "$(K)") $(ARGS)

bases: $(READY) ## have every base image, print where each came from (RENEW=1 pulls anew what is here)
	@$(WORKSHOP) bases $(if $(RENEW),--renew)

machines: $(READY) ## do the same on machines of their own: with little; not root, with a rootless engine; with a registry that answers
	@$(WORKSHOP) machines

check: $(READY) ## judge any folder, Dockerfile, image or archive by the rules (DIR=path, ARGS=--depth=image ...)
	@$(WORKSHOP) check "$(DIR)" $(ARGS)

sizes: $(READY) ## print the measured size of every image
	@$(WORKSHOP) sizes $(addprefix --app ,$(APP)) $(ARGS)

readme: $(READY) ## write anew what the pages print: sizes, practices, rules and facts
	@$(WORKSHOP) readme

measured: $(READY) ## measure the pairs of the lessons anew, for `plimsoll explain` (RULE=name for one; wants their images)
	@.venv/bin/python -m workshop.measured $(RULE)

bench: $(READY) ## compare naive and prod images in time; the report is build/bench.md
	@$(WORKSHOP) bench $(addprefix --app ,$(APP))

servers: $(READY) ## compare servers for catweb in requests per second (ARGS=5 for five rounds)
	@.venv/bin/python -m workshop.servers $(ARGS)

peers: $(READY) ## hold the judge against hadolint, dive and others, on the cases from the field: docs/peers.md
	@$(WORKSHOP) peers

figures: $(READY) ## print what judging costs without an engine: a Dockerfile beside hadolint, a tree of 200, an archive of 100 MB
	@.venv/bin/python -m workshop.figures

new: $(READY) ## make a new app from an old one (NAME=my-app FROM=go-gin)
	@$(WORKSHOP) new "$(NAME)" --from "$(FROM)"

reproduce: $(READY) ## build a tag's images again, and compare digests with those published (REGISTRY=host/owner TAG=v1.4.2 APP=go-gin)
	@$(WORKSHOP) reproduce --registry "$(REGISTRY)" --tag "$(TAG)" $(addprefix --app ,$(APP)) $(addprefix --platform ,$(PLATFORM))

wheel: $(READY) ## build the judge's wheel in dist/, the same bytes everywhere, and print its digest
	@rm -rf dist
	@.venv/bin/python -m hatchling build --target=wheel --directory=dist >/dev/null
	@cd dist && sha256sum *.whl

publish: $(READY) ## judge, push, sign and name the images of a commit (REGISTRY=host/owner TAG=v1.4.2 KEY=cosign.key, ARGS=--dry-run for the plan)
	@$(WORKSHOP) publish --registry "$(REGISTRY)" --tag "$(TAG)" --key "$(KEY)" $(addprefix --app ,$(APP)) $(addprefix --platform ,$(PLATFORM)) $(ARGS)

lint: $(READY) ## check the style of everything
	@$(WORKSHOP) lint

clean: $(READY) ## remove what the project made: containers, images, stand-ins, volumes, build/ with its cache
	@$(WORKSHOP) clean

$(READY): requirements.lock pyproject.toml
	@echo "plimsoll: making a Python environment in .venv" >&2
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "plimsoll: python3 is older than 3.11: install a newer one" >&2; exit 2; }
	@python3 -m venv .venv || { echo "plimsoll: python3 can't make an environment: install it whole (Debian: apt-get install python3-venv)" >&2; exit 2; }
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements.lock
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
