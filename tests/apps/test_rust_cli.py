"""probe beyond the rules: what it says of servers, from an image that holds nothing else."""

import json
import re
import subprocess

import pytest

from plimsoll import engine
from plimsoll.facts.image import image
from plimsoll.facts.run import container, helper, ownership
from plimsoll.facts.run.outside import Outside
from workshop.root import ROOT

pytestmark = [pytest.mark.app("rust-cli"), pytest.mark.xdist_group("rust-cli")]

PROD = "plimsoll/rust-cli:prod"
SERVER = ["sh", "-c", "mkdir /www && echo 'all is well' > /www/index.html && exec httpd -f -p 8080 -h /www"]

ANOTHER = """
FROM scratch
COPY --from=busybox:1.37-musl /bin/busybox /httpd
COPY <<END /www/healthz
well
END
{lines}
CMD ["/httpd", "-f", "-p", "8080", "-h", "/www"]
"""


@pytest.fixture(scope="module")
def network():
    """A network with one server on it, which bears a name."""
    made = engine.client().networks.create(f"plimsoll-probe-{ownership.RUN}", labels=ownership.labels())
    alias = {made.name: engine.client().api.create_endpoint_config(aliases=["probed"])}
    try:
        with container.started(
            "busybox:1.37-musl", command=SERVER, network=made.name, networking_config=alias
        ) as running:
            running.wait_until("listened", lambda: probe(PROD, made.name, "http://probed:8080/")[0] == 0)
            yield made.name
    finally:
        made.remove()


def probe(prod, network, *arguments):
    with container.started(prod, command=list(arguments), network=network, **container.LEAST_PRIVILEGE) as running:
        return running.wait(timeout=30), running.logs()


def test_a_server_is_found_by_its_name_from_an_image_without_any_library(prod, network):
    code, said = probe(prod, network, "http://probed:8080/")
    assert code == 0
    assert "200" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--expect-body", "all is well", "http://probed:8080/"], 0),
        (["--expect-body", "all is lost", "http://probed:8080/"], 1),
        (["--expect-status", "404", "http://probed:8080/nothing"], 0),
        (["http://probed:8080/nothing"], 1),
        (["http://probed:8081/"], 1),
        (["http://nobody.invalid/"], 1),
        (["--timeout", "1s", "http://192.0.2.200:81/", "http://probed:8080/"], 1),
        (["https://probed:8080/"], 2),
        (["--no-such-flag"], 2),
    ],
)
def test_its_exit_code_is_its_verdict(prod, network, arguments, code):
    given, said = probe(prod, network, *arguments)
    assert given == code, said


def test_it_answers_programs_as_json(prod, network):
    code, said = probe(prod, network, "--json", "http://probed:8080/", "http://probed:8080/nothing")
    rows = json.loads(said)
    assert code == 1
    assert [row["status"] for row in rows] == [200, 404]


def test_nothing_but_the_static_program_is_in_it(prod):
    facts = image.read(prod)
    assert [path for path, (entry, _) in facts.files.items() if entry.kind == "file"] == ["probe"]
    assert facts.elf("/probe").static


@pytest.fixture
def another_image():
    """An image with a server, without a shell or any tool, and with the two lines that the README gives."""
    lines = re.findall(r"(?m)^    ((?:COPY --from=|HEALTHCHECK ).*)$", (ROOT / "rust-cli/README.md").read_text())
    assert [line.split()[0] for line in lines] == ["COPY", "HEALTHCHECK"]
    name = f"plimsoll-probed-example:{ownership.RUN}"
    command = ["docker", "build", "--quiet", "--tag", name, "-"]
    subprocess.run(
        command, input=ANOTHER.format(lines="\n".join(lines)), env=engine.environment(), text=True, check=True
    )
    yield name
    engine.client().images.remove(name, force=True)


def test_another_image_takes_it_as_its_health_check(another_image):
    """Well at the start, by the image's own timing; not well any more when the server is frozen."""
    with container.started(another_image) as running:
        running.wait_until("turned healthy", lambda: running.state()["Health"]["Status"] == "healthy")
    often = {"interval": 250_000_000, "start_period": 0}
    with container.started(another_image, healthcheck=often) as running:
        running.wait_until("turned healthy", lambda: running.state()["Health"]["Status"] == "healthy")
        Outside(helper.helper()).signal(running, "STOP")
        running.wait_until("turned unhealthy", lambda: running.state()["Health"]["Status"] == "unhealthy")
