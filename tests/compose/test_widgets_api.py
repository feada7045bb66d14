"""The widgets API on a real PostgreSQL: what it promises in /openapi.json and in its README.

`widgets_url` is where it answers; nothing else may write to its table meanwhile.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

pytestmark = [pytest.mark.app("widgets"), pytest.mark.xdist_group("compose")]

LIMIT = 10
"""Seconds that any answer may take on a busy machine."""

LEAKS = ("Traceback", "psycopg", "SELECT", "INSERT", "werkzeug", "site-packages", "<html")


@pytest.fixture
def ask(widgets_url):
    """Ask the API; each answer's connection is closed with the test."""
    with requests.Session() as session:

        def send(method, path, **options):
            return session.request(method, widgets_url.rstrip("/") + path, timeout=LIMIT, **options)

        yield send


@pytest.fixture
def new(ask):
    """Add widgets, which are gone after the test."""
    added = []

    def add(**members):
        answer = ask("POST", "/widgets", json=members)
        assert answer.status_code == 201, answer.text
        added.append(answer.json()["id"])
        return answer.json()

    yield add
    for number in added:
        ask("DELETE", f"/widgets/{number}")


def assert_problem(answer, status):
    """An error says what it is, in the one form that RFC 9457 gives errors, and nothing of what lies behind it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert not [leak for leak in LEAKS if leak.lower() in answer.text.lower()], answer.text
    return problem


def test_says_hello(ask):
    answer = ask("GET", "/")
    assert answer.status_code == 200
    assert answer.text == "Hello, Docker!"


def test_is_alive_and_ready(ask):
    assert ask("GET", "/healthz").json() == {"status": "ok"}
    assert ask("GET", "/readyz").json() == {"status": "ok"}


def test_initdb_drops_nothing_however_often_it_is_asked(ask, new):
    widget = new(name="kept")
    for _ in range(3):
        answer = ask("GET", "/initdb")
        assert answer.status_code == 200
        assert answer.json() == {"created": False}
    assert ask("GET", f"/widgets/{widget['id']}").json() == widget


def test_a_widget_is_added_read_replaced_and_deleted(ask):
    added = ask("POST", "/widgets", json={"name": "bolt", "description": "M8"})
    assert added.status_code == 201
    widget = added.json()
    assert widget == {"id": widget["id"], "name": "bolt", "description": "M8"}
    address = added.headers["Location"]
    assert address == f"/widgets/{widget['id']}"

    assert ask("GET", address).json() == widget
    assert widget in ask("GET", "/widgets?limit=1000").json()

    replaced = ask("PUT", address, json={"name": "nut"})
    assert replaced.status_code == 200
    assert replaced.json() == {"id": widget["id"], "name": "nut", "description": ""}
    assert ask("GET", address).json() == replaced.json()

    deleted = ask("DELETE", address)
    assert deleted.status_code == 204
    assert not deleted.content
    for method in ("GET", "DELETE"):
        assert_problem(ask(method, address), 404)
    assert_problem(ask("PUT", address, json={"name": "again"}), 404)
    assert widget["id"] not in [row["id"] for row in ask("GET", "/widgets?limit=1000").json()]


@pytest.mark.parametrize(
    "text",
    [
        "Robert'); DROP TABLE widgets; --",
        "%s %(name)s {} \\ \" ' \n\t",
        "Ñandú 寿司 🐈 \u202e e\u0301",
        " ",
        "x" * 255,
        "🐈" * 255,
    ],
    ids=["SQL", "placeholders", "Unicode", "space", "longest", "longest in 4 bytes each"],
)
def test_text_comes_back_as_it_was_sent(ask, new, text):
    widget = new(name=text, description=text)
    assert ask("GET", f"/widgets/{widget['id']}").json() == {"id": widget["id"], "name": text, "description": text}


def test_widgets_added_at_the_same_time_are_all_kept(ask, widgets_url):
    def add(number):
        return requests.post(f"{widgets_url.rstrip('/')}/widgets", json={"name": f"at once {number}"}, timeout=LIMIT)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(add, range(64)))
    try:
        assert [answer.status_code for answer in answers] == [201] * 64
        assert len({answer.json()["id"] for answer in answers}) == 64
        stored = ask("GET", "/widgets?limit=1000").json()
        assert all(answer.json() in stored for answer in answers)
    finally:
        for answer in answers:
            ask("DELETE", answer.headers["Location"])


def test_pages_lead_through_every_widget_once(ask, new):
    for number in range(7):
        new(name=f"page {number}")
    everything = ask("GET", "/widgets?limit=1000")
    total = int(everything.headers["X-Total-Count"])
    assert total == len(everything.json()) >= 7
    assert "Link" not in everything.headers

    answer = ask("GET", "/widgets?limit=3")
    assert "prev" not in answer.links
    walked = answer.json()
    while "next" in answer.links:
        assert len(answer.json()) == 3
        here = answer.json()
        answer = ask("GET", answer.links["next"]["url"])
        assert int(answer.headers["X-Total-Count"]) == total
        assert ask("GET", answer.links["prev"]["url"]).json() == here
        walked += answer.json()
    assert walked == everything.json()
    assert [row["id"] for row in walked] == sorted(row["id"] for row in walked)


def test_a_page_beyond_the_end_is_empty_and_still_counts(ask, new):
    new(name="only")
    answer = ask("GET", "/widgets?offset=1000000000")
    assert answer.json() == []
    assert int(answer.headers["X-Total-Count"]) >= 1
    assert "next" not in answer.links


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=1_0", "limit=%2B1", "limit=٣"),
        *("offset=-1", "offset=1000000001", "offset=x", "offset=" + "9" * 3000),
    ],
)
def test_a_page_that_can_not_be_is_422(ask, query):
    problem = assert_problem(ask("GET", f"/widgets?{query}"), 422)
    assert [error["parameter"] for error in problem["errors"]] == [query.partition("=")[0]]


def test_both_wrong_parameters_are_named(ask):
    problem = assert_problem(ask("GET", "/widgets?limit=0&offset=-1"), 422)
    assert {error["parameter"] for error in problem["errors"]} == {"limit", "offset"}


WRITES = pytest.mark.parametrize("write", ["POST /widgets", "PUT /widgets/1"], ids=["add", "replace"])
JSON = {"Content-Type": "application/json"}


@WRITES
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"name": "x"', id="open"),
        pytest.param(b"{'name': 'x'}", id="quotes"),
        pytest.param(b'{"name": "x"} x', id="more"),
        pytest.param(b"\xff\xfe", id="bytes"),
        pytest.param(b'{"name": "\xe9"}', id="Latin-1"),
        pytest.param('{"name": "x"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"[" * 8000, id="deep"),
        pytest.param(b"9" * 8000, id="long number"),
    ],
)
def test_malformed_json_is_400(ask, write, body):
    assert_problem(ask(*write.split(), data=body, headers=JSON), 400)


@WRITES
@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (None, ["#"]),
        ([], ["#"]),
        ("x", ["#"]),
        (1, ["#"]),
        ({}, ["#/name"]),
        ({"name": None}, ["#/name"]),
        ({"name": 1}, ["#/name"]),
        ({"name": ["x"]}, ["#/name"]),
        ({"name": ""}, ["#/name"]),
        ({"name": "x" * 256}, ["#/name"]),
        ({"name": "a\0b"}, ["#/name"]),
        ({"name": "\ud83d"}, ["#/name"]),
        ({"name": "x", "description": None}, ["#/description"]),
        ({"name": "x", "description": "x" * 256}, ["#/description"]),
        ({"name": "x", "id": 7}, ["#"]),
        ({"description": 1}, ["#/name", "#/description"]),
    ],
    ids=lambda value: json.dumps(value)[:40] if not isinstance(value, list) or value == [] else "",
)
def test_values_that_are_not_allowed_are_422_and_named(ask, write, body, pointers):
    problem = assert_problem(ask(*write.split(), data=json.dumps(body), headers=JSON), 422)
    assert [error["pointer"] for error in problem["errors"]] == pointers


@WRITES
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json", None])
def test_another_media_type_is_415(ask, write, kind):
    assert_problem(ask(*write.split(), data=b'{"name": "x"}', headers={"Content-Type": kind}), 415)


@WRITES
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("size", [16 * 1024 + 1, 300_000])
def test_a_body_too_large_is_413(ask, write, chunked, size):
    body = b'{"name": "' + b"x" * (size - 12) + b'"}'
    parts = (body[start : start + 4096] for start in range(0, size, 4096))
    assert_problem(ask(*write.split(), data=parts if chunked else body, headers=JSON), 413)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "number", ["0", "-1", "x", "1.0", "01", "٣", "999999999999999", "9" * 16, "9" * 3000, "1%27%20OR%201=1", "1%00"]
)
def test_an_unknown_id_is_404(ask, method, number):
    body = {"json": {"name": "x"}} if method == "PUT" else {}
    assert_problem(ask(method, f"/widgets/{number}", **body), 404)


@pytest.mark.parametrize("path", ["/nothing", "/widgets/", "/widgets/1/", "/%2e%2e/etc/passwd", "/%ff"])
def test_an_unknown_address_is_404(ask, path):
    assert_problem(ask("GET", path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", {"GET"}),
        ("DELETE", "/widgets", {"GET", "POST"}),
        ("POST", "/widgets/1", {"GET", "PUT", "DELETE"}),
        ("PATCH", "/widgets/1", {"GET", "PUT", "DELETE"}),
        ("POST", "/initdb", {"GET"}),
        ("BREW", "/widgets", {"GET", "POST"}),
    ],
)
def test_an_unknown_method_is_405_and_the_known_ones_are_named(ask, method, path, allowed):
    answer = ask(method, path)
    assert_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed | {"HEAD", "OPTIONS"}


def test_every_operation_answers_as_openapi_json_says(widgets_url, tmp_path):
    """Schemathesis makes requests of the document, right ones and wrong ones, alone and in sequence."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{widgets_url.rstrip('/')}/openapi.json"]
    options = ["--max-examples=30", "--seed=1", f"--request-timeout={LIMIT}", "--no-color"]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert "Tested: 9\n" in run.stdout, f"not all nine operations were tried:\n{run.stdout}"


def test_openapi_json_names_every_address(ask):
    paths = ask("GET", "/openapi.json").json()["paths"]
    methods = {"get", "post", "put", "delete"}
    assert {path: methods & operations.keys() for path, operations in paths.items()} == {
        "/": {"get"},
        "/initdb": {"get"},
        "/widgets": {"get", "post"},
        "/widgets/{id}": {"get", "put", "delete"},
        "/healthz": {"get"},
        "/readyz": {"get"},
    }
