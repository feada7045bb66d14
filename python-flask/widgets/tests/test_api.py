import json
import logging

import pytest

from widgets import openapi
from widgets.incoming import LARGEST_BODY

EVERY_QUESTION_TO_THE_DATABASE = [
    ("GET", "/initdb"),
    ("GET", "/readyz"),
    ("GET", "/widgets"),
    ("POST", "/widgets"),
    ("GET", "/widgets/1"),
    ("PUT", "/widgets/1"),
    ("DELETE", "/widgets/1"),
]


def assert_problem(response, status):
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    problem = response.json
    assert set(problem) >= {"type", "title", "status", "detail"}
    assert problem["status"] == status
    return problem


def test_says_hello(client):
    response = client.get("/")
    assert (response.text, response.mimetype) == ("Hello, Docker!", "text/plain")


def test_initdb_says_whether_there_was_something_to_do(client):
    assert client.get("/initdb").json == {"created": True}
    assert client.get("/initdb").json == {"created": False}


def test_a_widget_is_added_read_replaced_and_deleted(client):
    added = client.post("/widgets", json={"name": "bolt", "description": "M8"})
    assert (added.status_code, added.json) == (201, {"id": 1, "name": "bolt", "description": "M8"})
    assert added.headers["Location"] == "/widgets/1"
    assert client.get("/widgets/1").json == added.json
    assert client.put("/widgets/1", json={"name": "nut"}).json == {"id": 1, "name": "nut", "description": ""}
    assert client.get("/widgets").json == [{"id": 1, "name": "nut", "description": ""}]
    deleted = client.delete("/widgets/1")
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert_problem(client.get("/widgets/1"), 404)
    assert_problem(client.put("/widgets/1", json={"name": "nut"}), 404)
    assert_problem(client.delete("/widgets/1"), 404)


@pytest.mark.parametrize(
    ("query", "names", "links"),
    [
        ("", "abcde", {}),
        ("?limit=5", "abcde", {}),
        ("?limit=2", "ab", {"next": "/widgets?limit=2&offset=2"}),
        (
            "?limit=2&offset=1",
            "bc",
            {"prev": "/widgets?limit=2&offset=0", "next": "/widgets?limit=2&offset=3"},
        ),
        ("?limit=2&offset=3", "de", {"prev": "/widgets?limit=2&offset=1"}),
        ("?limit=2&offset=9", "", {"prev": "/widgets?limit=2&offset=7"}),
    ],
)
def test_a_page_names_its_neighbours_and_counts_all(client, query, names, links):
    for name in "abcde":
        client.post("/widgets", json={"name": name})
    response = client.get(f"/widgets{query}")
    assert "".join(row["name"] for row in response.json) == names
    assert response.headers["X-Total-Count"] == "5"
    given = response.headers.get("Link", "")
    assert given == ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.items())


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "limit=", "limit=%2B1", "limit=1_0", "offset=-1", "offset=1000000001"]
)
def test_a_page_that_can_not_be_is_422_and_the_parameter_named(client, query):
    problem = assert_problem(client.get(f"/widgets?{query}"), 422)
    assert [error["parameter"] for error in problem["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ("[]", ["#"]),
        ("null", ["#"]),
        ("{}", ["#/name"]),
        ('{"name": 1}', ["#/name"]),
        ('{"name": ""}', ["#/name"]),
        (json.dumps({"name": "x" * 256}), ["#/name"]),
        (r'{"name": "\u0000"}', ["#/name"]),
        (r'{"name": "\ud83d"}', ["#/name"]),
        ('{"name": "x", "description": null}', ["#/description"]),
        ('{"name": "x", "id": 1}', ["#"]),
        ('{"description": 1, "x": 2}', ["#", "#/name", "#/description"]),
    ],
)
def test_values_that_are_not_allowed_are_422_and_named(client, database, body, pointers):
    problem = assert_problem(client.post("/widgets", data=body, content_type="application/json"), 422)
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert not database.rows


@pytest.mark.parametrize("name", ["x", "x" * 255, "🐈" * 255, r"\ud83d\udc08", "%s'; --"])
def test_values_at_the_edge_are_allowed(client, name):
    response = client.post("/widgets", data=f'{{"name": "{name}"}}'.encode(), content_type="application/json")
    assert response.status_code == 201
    assert response.json["name"] == name.replace(r"\ud83d\udc08", "🐈")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 10_000, b"9" * 10_000, b"\xef\xbb\xbf{}"])
def test_malformed_json_is_400(client, body):
    assert_problem(client.post("/widgets", data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("kind", [None, "text/plain", "multipart/form-data"])
def test_another_media_type_is_415(client, kind):
    assert_problem(client.post("/widgets", data=b'{"name": "x"}', content_type=kind), 415)


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("more", [1, 2, LARGEST_BODY])
def test_a_body_too_large_is_413_also_if_its_length_is_not_announced(client, announced, more):
    body = b'{"name": "x"}'
    body += b" " * (LARGEST_BODY - len(body))
    options = {"content_type": "application/json"}
    if not announced:
        options |= {"content_length": None, "environ_overrides": {"wsgi.input_terminated": True}}
    assert client.post("/widgets", data=body, **options).status_code == 201
    assert_problem(client.post("/widgets", data=body + b" " * more, **options), 413)


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing", "/widgets/", "/widgets/0", "/widgets/01", "/widgets/-1", "/widgets/1.0", "/widgets/x"),
        *("/widgets/٣", "/widgets/" + "9" * 16, "/widgets/" + "9" * 5000, "/a//b"),
    ],
)
def test_an_unknown_address_is_404(client, path):
    assert_problem(client.get(path), 404)


def test_an_unknown_method_is_405_and_the_known_ones_are_named(client):
    response = client.patch("/widgets/1")
    assert_problem(response, 405)
    assert {"GET", "PUT", "DELETE"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize(("method", "path"), EVERY_QUESTION_TO_THE_DATABASE)
@pytest.mark.usefixtures("away")
def test_without_the_database_the_answer_is_503_and_when_to_come_back(client, caplog, method, path):
    body = {"json": {"name": "x"}} if method in {"POST", "PUT"} else {}
    response = client.open(path, method=method, **body)
    assert assert_problem(response, 503)["detail"] == "The database does not answer."
    assert int(response.headers["Retry-After"]) > 0
    # The cause belongs into the log, not into the answer.
    assert "SELECT secret" in caplog.text
    assert "SELECT" not in response.text


@pytest.mark.usefixtures("away")
def test_without_the_database_the_service_is_still_alive(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/").status_code == 200
    assert client.get("/openapi.json").status_code == 200


def test_is_ready_once_the_database_answers(client):
    assert client.get("/readyz").json == {"status": "ok"}


@pytest.mark.usefixtures("away")
def test_a_wrong_request_is_refused_before_the_database_is_asked(client):
    assert_problem(client.post("/widgets", json={}), 422)
    assert_problem(client.get("/widgets?limit=0"), 422)


def test_a_defect_is_500_its_traceback_only_in_the_log(client, database, caplog):
    database.away = ZeroDivisionError("SELECT secret")
    with caplog.at_level(logging.ERROR):
        response = client.get("/widgets")
    assert_problem(response, 500)
    assert "SELECT secret" in caplog.text
    assert "Traceback" in caplog.text
    for leak in ("Traceback", "SELECT", "ZeroDivision"):
        assert leak not in response.text


def test_openapi_json_names_every_route_and_no_other(app, client):
    document = client.get("/openapi.json").json
    assert document["openapi"].startswith("3.1.")
    described = {
        (path, method.upper())
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    routes = {
        (rule.rule.replace("<id:number>", "{id}"), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "describe"
    }
    assert described == routes


def test_openapi_json_says_503_where_the_database_is_asked_and_only_there():
    promised = {
        (method.upper(), path.replace("{id}", "1"))
        for path, operations in openapi.DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if method != "parameters" and "503" in operation["responses"]
    }
    assert promised == set(EVERY_QUESTION_TO_THE_DATABASE)
