"""node-web beyond the rules: its two production shapes serve the same page, safely and quickly."""

import gzip
import json
import re
import socket
import time
import urllib.parse
from pathlib import Path

import pytest
import requests

from plimsoll import engine
from plimsoll.facts.image import image
from plimsoll.facts.run import container, helper, ownership
from plimsoll.facts.run.outside import Outside

pytestmark = [pytest.mark.app("node-web"), pytest.mark.xdist_group("node-web")]

SHAPES = ["prod", "static"]
LIBC_AND_FIVE = 5 * 10**6
QUICKLY = 6.0
"""Seconds in which the page's server must say that a service is down."""
SERVICE = (
    "mkdir /www && cd /www && echo ok > healthz && echo pong > ping && mkdir folder && exec httpd -f -p 8080 -h /www"
)
"""What stands in for a service: files, and a redirect from a folder without its slash."""


@pytest.fixture(scope="module", params=SHAPES)
def shape(request):
    with container.started(f"plimsoll/node-web:{request.param}", port=8080) as running:
        running.wait_until_answering()
        yield running


def asset(shape):
    page = requests.get(shape.url, timeout=5).text
    return next(iter(re.findall(r'src="(/assets/[^"]+\.js)"', page)))


def test_the_page_and_its_hashed_assets_are_served(shape):
    answer = requests.get(shape.url + asset(shape), timeout=5)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert "no-cache" in requests.get(shape.url, timeout=5).headers["cache-control"]


def test_answers_are_compressed_for_those_who_ask(shape):
    answer = requests.get(shape.url + asset(shape), headers={"Accept-Encoding": "gzip"}, stream=True, timeout=5)
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.raw.read())


@pytest.mark.parametrize(("tag", "endings"), [("prod", {".gz", ".br"}), ("static", {".gz"})])
def test_only_what_the_server_can_send_is_there(tag, endings):
    """To nginx, Brotli is unknown: what it never sends would be dead weight."""
    files = image.read(f"plimsoll/node-web:{tag}").files
    assert {ending for path in files if (ending := Path(path).suffix) in {".gz", ".br"}} == endings


def test_a_strict_content_policy_is_set(shape):
    for path in ("/", "/healthz", "/nowhere"):
        headers = requests.get(shape.url + path, timeout=5).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy or "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_a_service_that_is_down_is_said_as_json_and_quickly(shape):
    begun = time.monotonic()
    answer = requests.get(f"{shape.url}/api/ping/ping", timeout=20)
    assert answer.status_code in {502, 503, 504}
    assert "json" in answer.headers["content-type"]
    assert time.monotonic() - begun < QUICKLY


def test_what_is_not_there_is_said_in_the_same_words_by_both(shape):
    for method, path in (("GET", "/nowhere"), ("GET", "/api/nobody/x"), ("POST", "/"), ("PUT", "/api/ping/ping")):
        answer = requests.request(method, shape.url + path, timeout=5)
        assert answer.headers["content-type"].startswith("application/problem+json"), path
        expected = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is nothing here"}
        assert answer.json() == expected
        assert answer.status_code == 404


def test_a_body_that_is_too_large_is_refused(shape):
    answer = requests.post(f"{shape.url}/api/ping/ping", data=b"x" * (2 * 2**20 + 1), timeout=5)
    assert answer.status_code == 413
    assert answer.json()["title"] == "Payload Too Large"


def test_whoever_sends_all_before_reading_is_told_that_it_is_too_much(shape):
    """A connection that is closed with some of it unread is reset, which takes the answer with it."""
    body = b"x" * 32 * 2**20
    head = f"POST /api/ping/ping HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    address = urllib.parse.urlsplit(shape.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_request_is_one_line_of_its_log_without_what_people_wrote(shape):
    requests.get(f"{shape.url}/logged?private=words", timeout=5)
    shape.wait_until("logged it", lambda: "/logged" in shape.logs())
    (line,) = [line for line in shape.logs().splitlines() if "/logged" in line]
    said = json.loads(line)
    assert (said["level"], said["method"], said["path"], said["status"]) == ("INFO", "GET", "/logged", 404)
    assert said["duration_ms"] >= 0
    assert "private" not in shape.logs()


def test_its_health_check_fails_while_it_is_frozen(shape):
    """A frozen server's connections are still accepted, by the kernel: only a probe that reads finds out."""
    kind, *probe = shape.container.image.attrs["Config"]["Healthcheck"]["Test"]
    assert kind == "CMD"
    assert shape.container.exec_run(probe).exit_code == 0
    outside = Outside(helper.helper())
    outside.signal(shape, "STOP")
    try:
        assert shape.container.exec_run(probe).exit_code != 0
    finally:
        outside.signal(shape, "CONT")
    assert shape.container.exec_run(probe).exit_code == 0


@pytest.fixture(scope="module", params=SHAPES)
def on_a_network(request):
    """A shape on a network where a service can come and go, under the least privilege and with nothing writable."""
    confined = {key: value for key, value in container.LEAST_PRIVILEGE.items() if key != "tmpfs"}
    made = engine.client().networks.create(f"plimsoll-{request.param}-{ownership.RUN}", labels=ownership.labels())
    try:
        with container.started(
            f"plimsoll/node-web:{request.param}", port=8080, network=made.name, **confined
        ) as running:
            running.wait_until_answering()
            yield running, made.name
    finally:
        made.remove()


def test_a_service_is_found_when_it_comes_and_missed_when_it_goes(on_a_network):
    """Twice, since the second time its address may be another."""
    shape, network = on_a_network
    alias = {network: engine.client().api.create_endpoint_config(aliases=["ping"])}
    said = requests.get(f"{shape.url}/api/health", timeout=10).json()["services"]
    assert {name: health["status"] for name, health in said.items()} == dict.fromkeys(said, "down")
    assert said.keys() == {"ping", "cats", "widgets", "translate"}
    for _ in range(2):
        with container.started(
            "busybox:1.37-musl", command=["sh", "-c", SERVICE], network=network, networking_config=alias
        ):
            shape.wait_until(
                "found the service", lambda: requests.get(f"{shape.url}/api/ping/ping", timeout=10).text == "pong\n", 15
            )
            health = requests.get(f"{shape.url}/api/health", timeout=10).json()["services"]
            assert health["ping"]["status"] == "up"
            assert health["ping"]["latency_ms"] >= 0
            assert health["cats"]["status"] == "down"
            assert health["cats"]["reason"]
            moved = requests.get(f"{shape.url}/api/ping/folder", timeout=10, allow_redirects=False)
            assert moved.headers["location"] == "/api/ping/folder/"
        gone = requests.get(f"{shape.url}/api/ping/ping", timeout=20)
        assert gone.status_code in {502, 504}
        assert gone.json()["detail"].startswith("ping ")


def test_nothing_outside_the_assets_is_served(shape):
    for path in ("/../package.json", "/..%2fpackage.json", "/.env", "/server/main.js", "/package.json"):
        answer = requests.get(shape.url + path, timeout=5)
        assert answer.status_code in {400, 403, 404}, path


def test_prod_is_node_its_c_library_and_little_else(prod):
    facts = image.read(prod)
    node = next(entry for entry, _ in facts.files.values() if entry.path.endswith("bin/node") and entry.kind == "file")
    libraries = sum(
        entry.size
        for entry, _ in facts.files.values()
        if re.search(r"/(ld-linux[^/]*|lib[^/]+\.so[^/]*)$", f"/{entry.path}")
    )
    assert facts.size <= node.size + libraries + LIBC_AND_FIVE


@pytest.mark.parametrize("name", SHAPES)
def test_no_package_manager_is_in_it(name):
    paths = image.read(f"plimsoll/node-web:{name}").files
    assert [path for path in paths if re.search(r"(^|/)(npm|npx|yarn|pnpm|corepack|apt|dpkg)(/|$)", path)] == []
