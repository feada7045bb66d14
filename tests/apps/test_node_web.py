"""node-web beyond the rules: its two production shapes serve the same page, safely and quickly."""

import gzip
import re
import time

import pytest
import requests

from plimsoll import container, image

pytestmark = [pytest.mark.app("node-web"), pytest.mark.xdist_group("node-web")]

SHAPES = ["prod"]
LIBC_AND_FIVE = 5 * 10**6
QUICKLY = 6.0
"""Seconds in which the page's server must say that a service is down."""


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


def test_nothing_outside_the_assets_is_served(shape):
    for path in ("/../package.json", "/..%2fpackage.json", "/.env", "/server/main.js", "/package.json"):
        answer = requests.get(shape.url + path, timeout=5)
        assert answer.status_code in {400, 403, 404}, path


def test_prod_is_node_its_c_library_and_little_else():
    facts = image.read("plimsoll/node-web:prod")
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
