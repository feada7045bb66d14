"""catweb beyond the rules: its versions, its page and its ladder."""

import re
import subprocess
import sys

import pytest
import requests

from plimsoll.facts.build import bake
from plimsoll.facts.image import image
from plimsoll.facts.run import container
from workshop import build, selection, servers
from workshop.root import ROOT

pytestmark = [pytest.mark.app("catweb"), pytest.mark.xdist_group("catweb")]

PROD = "plimsoll/catweb:prod"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_one_dockerfile_builds_both_versions_of_the_page(version):
    tag = f"plimsoll/catweb:{version}"
    changed = [f"--set=catweb-prod.args.CATWEB_VERSION={version}", f"--set=catweb-prod.tags={tag}"]
    record = bake.bake("catweb-prod", *changed, files=[build.BAKE], folder=ROOT, quiet=True)
    assert record.code == 0, record.failure
    with container.started(tag, port=5000) as running:
        running.wait_until_answering()
        page = requests.get(running.url, timeout=5).text
    assert f"catweb {version}" in page
    assert ("Another cat" in page) == (version == "v2")


def test_the_version_has_a_default(prod):
    assert image.read(prod).environment["CATWEB_VERSION"] == "v1"


def test_the_page_needs_nothing_from_outside(prod):
    with container.started(prod, port=5000) as running:
        running.wait_until_answering()
        page = requests.get(running.url, timeout=5).text
        sources = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert sources
        assert all(source.startswith("/") for source in sources), sources
        assert {requests.get(running.url + source, timeout=5).status_code for source in sources} == {200}


@pytest.mark.parametrize(("arguments", "lines"), [("", 0), ("--access-logfile=-", 1)])
def test_it_starts_serves_and_ends_without_an_error_in_its_log(arguments, lines, prod):
    """All on standard output, with a line for every request where one asks for it."""
    with container.started(prod, port=5000, read_only=True, environment={"GUNICORN_CMD_ARGS": arguments}) as running:
        running.wait_until_answering()
        said = running.stop().logs
        assert running.container.logs(stdout=False) == b""
    assert "Listening at: http://0.0.0.0:5000" in said
    assert said.count("GET / HTTP/") == lines
    assert not re.search("error|warn|traceback", said, re.IGNORECASE), said


def test_the_last_rung_weighs_what_prod_weighs():
    """The ladder ends where the Dockerfile begins: what tells them apart is a few lines of pip's records."""
    prod, rung = image.read(PROD).size, image.read("plimsoll/catweb:scratch").size
    assert abs(prod - rung) < 0.001 * prod


def test_every_rung_is_smaller_than_the_one_below():
    """Rungs that this machine can't build are left out, and named by the rule `builds`."""
    recorded = build.recorded()
    climb = ["single", "multi-ubuntu", "distroless-like", "scratch"]
    sizes = {
        name: image.read(f"plimsoll/catweb:{name}").size
        for name in climb
        if not recorded[f"plimsoll/catweb:{name}"].unbuildable
    }
    assert list(sizes.values()) == sorted(sizes.values(), reverse=True), sizes


def test_its_readme_compares_the_servers_that_the_command_compares():
    """The figures are one machine's; that the rows are the command's, and agree with each other, holds anywhere."""
    text = (ROOT / "python-flask/catweb/README.md").read_text()
    rows = re.findall(r"(?m)^\| (.+) \| (\d+) \| (\d+) to (\d+) \| [\d.]+ \|$", text)
    printed = {name: [float(low), float(middle), float(high)] for name, middle, low, high in rows}
    assert list(printed) == list(servers.SERVERS)
    assert servers.table(printed) in text


@pytest.mark.parametrize("rounds", ["0", "-1", "many"])
def test_servers_are_compared_once_at_least(rounds):
    command = [sys.executable, "-m", "workshop.servers", "--", rounds]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"`{rounds}` is not a number of rounds: give 1 or more" in done.stderr.splitlines()[-1]


def test_the_alpine_rung_names_what_it_needs():
    (alpine,) = [variant for variant in selection.of_apps(["catweb"]) if variant.name == "alpine"]
    assert "apk" in alpine.expected.needs
    assert "apk" in (ROOT / "python-flask/catweb/ladder/alpine.Dockerfile").read_text()
