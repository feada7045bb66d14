"""go-gin beyond the rules: its options, its live reload, and what its ladder teaches."""

import re

import pytest
import requests

from plimsoll.facts.image import image
from plimsoll.facts.run import container
from workshop import inside, selection

pytestmark = [pytest.mark.app("go-gin"), pytest.mark.xdist_group("go-gin")]

CLIMB = ["golang", "multi-ubuntu", "alpine-static", "distroless-like", "scratch", "prod"]


def named(name):
    return next(variant for variant in selection.of_apps(["go-gin"]) if variant.name == name)


def test_honours_port(prod):
    with container.started(prod, port=9999, environment={"PORT": "9999"}) as running:
        running.wait_until_answering()
        assert requests.get(f"{running.url}/ping", timeout=5).json() == {"message": "pong"}


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_wrong_port_ends_it_at_once_with_one_line_that_names_it(port, prod):
    with container.started(prod, environment={"PORT": port}) as running:
        assert running.wait() != 0
        (line,) = running.logs().splitlines()
        assert "PORT" in line
        assert port in line


def test_says_its_version_and_revision(prod):
    labels = image.read(prod).labels
    with container.started(prod, command=["-version"]) as running:
        assert running.wait() == 0
        said = running.logs()
    assert labels["org.opencontainers.image.version"] in said
    assert labels["org.opencontainers.image.revision"] in said


def test_its_health_check_fails_where_nothing_answers(prod):
    with container.started(prod, command=["healthcheck"]) as running:
        assert running.wait() == 1
        assert "refused" in running.logs()


def test_logs_one_json_line_for_a_request_and_no_warning(prod):
    with container.started(prod, port=8080) as running:
        running.wait_until_answering()
        requests.get(f"{running.url}/ping", timeout=5)
        logged = re.compile(r'"path":"/ping".*"status":200')
        running.wait_until("logged the request", lambda: bool(logged.search(running.logs())), timeout=5)
        said = running.logs()
    assert all(line.startswith("{") for line in said.splitlines()), said
    assert "WARN" not in said.upper()
    assert "trusted" not in said.lower()


def test_prod_is_its_binary_and_nothing_else(prod):
    facts = image.read(prod)
    assert facts.find("/app").size >= 0.99 * facts.size


def test_every_rung_is_smaller_than_the_one_below():
    sizes = {name: image.read(named(name).image).size for name in CLIMB}
    ordered = list(sizes.values())
    assert ordered == sorted(ordered, reverse=True), sizes


def test_the_dynamic_binary_is_not_found_on_alpine_though_it_is_there():
    """What "not found" means: the loader that the program's headers ask for, not the program."""
    facts = image.read("plimsoll/go-gin:alpine-dynamic")
    program = facts.elf("/app")
    assert program is not None
    assert program.executable
    assert not program.static
    assert facts.find(program.interpreter) is None, f"alpine has {program.interpreter}: the rung shows nothing"
    assert facts.find("/lib/ld-musl-x86_64.so.1"), "the loader that alpine does have"
    with container.started(facts.name, entrypoint=["/bin/sh", "-c", "/app"]) as running:
        assert running.wait() == 127
        assert "/app: not found" in running.logs()


def test_the_same_binary_starts_on_alpine_once_it_is_static():
    assert image.read("plimsoll/go-gin:alpine-static").elf("/app").static


@pytest.mark.parametrize("name", ["single", "dev"])
def test_the_toolchain_is_where_it_is_needed(name):
    with container.started(named(name).image, entrypoint=["sleep", "infinity"]) as running:
        host = inside.inside(running)
        assert host.run("go version").rc == 0


def test_dev_belongs_to_the_caller_and_not_to_root():
    with container.started("plimsoll/go-gin:dev", entrypoint=["sleep", "infinity"]) as running:
        host = inside.inside(running)
        assert host.user().uid > 0
        assert host.file("/src/main.go").uid == host.user().uid


def test_prod_holds_one_file_seen_from_beside(prod):
    with inside.beside(prod) as helper:
        host = inside.inside(helper)
        program = host.file("/image/app")
        assert program.is_file
        assert program.mode & 0o111
        assert program.mode & 0o6000 == 0
        assert host.check_output("find /image -xdev -type f -perm /111") == "/image/app"


def test_debug_is_prod_with_a_shell():
    # By content: the layers' digests have the time of compiling in them, and the two may come from different builds.
    with inside.beside("plimsoll/go-gin:prod") as helper:
        program = inside.inside(helper).file("/image/app").sha256sum
    with container.started("plimsoll/go-gin:debug", entrypoint=["/bin/sh", "-c", "id -u; sha256sum /app"]) as running:
        assert running.wait() == 0
        assert running.logs().split() == ["65532", program, "/app"]


def test_dev_serves_an_edit_without_a_rebuild():
    with container.started("plimsoll/go-gin:dev", port=8080) as running:
        running.wait_until_answering()
        host = inside.inside(running)
        assert host.run(r"sed -i 's/\"pong\"/\"edited\"/' /src/*.go").rc == 0

        def edited():
            try:
                return requests.get(f"{running.url}/ping", timeout=5).json() == {"message": "edited"}
            except requests.RequestException:
                return False

        running.wait_until("served the edited source", edited)
