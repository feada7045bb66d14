"""Unit tests: they run in the image's `test` stage, so that a broken one breaks the build."""

import random
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from xml.etree import ElementTree

import pytest
from catweb import CATS, create_app, healthcheck

NAMES = sorted(path.stem for path in CATS.glob("*.svg"))


@pytest.fixture
def client():
    return create_app().test_client()


def test_there_are_cats_to_choose_from():
    assert len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_well_formed_titled_and_harmless(name):
    root = ElementTree.parse(CATS / f"{name}.svg").getroot()
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert root.tag.endswith("svg")
    assert "title" in tags
    assert not tags & {"script", "foreignObject", "image"}


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_served(client, name):
    answer = client.get(f"/cats/{name}.svg")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert answer.data == (CATS / f"{name}.svg").read_bytes()


def test_the_page_shows_a_cat_chosen_at_random(client):
    random.seed(1)
    pages = {client.get("/").text for _ in range(50)}
    assert len(pages) > 1
    assert all(any(f"/cats/{name}.svg" in page for name in NAMES) for page in pages)


@pytest.mark.parametrize(
    "path", ["/cats/nobody.svg", "/cats/..%2f__init__.py", "/cats/../../etc/passwd", "/cats/pip.png", "/nowhere"]
)
def test_what_is_no_cat_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("version", "shown", "other"), [("v1", "catweb v1", "Another cat"), ("v2", "Another cat", "catweb v1")]
)
def test_the_version_chooses_the_page(monkeypatch, version, shown, other):
    monkeypatch.setenv("CATWEB_VERSION", version)
    text = create_app().test_client().get("/").text
    assert shown in text
    assert other not in text


def test_an_unknown_version_is_refused(monkeypatch):
    monkeypatch.setenv("CATWEB_VERSION", "v3")
    with pytest.raises(ValueError, match="CATWEB_VERSION=v3: there are v1 and v2"):
        create_app()


def test_answers_carry_a_strict_content_policy(client):
    for path in ("/", "/healthz", "/nowhere"):
        assert client.get(path).headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(("status", "code"), [(200, 0), (500, 1), (404, 1)])
def test_the_health_check_fails_on_anything_but_200(monkeypatch, status, code):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        monkeypatch.setenv("PORT", str(server.server_port))
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert healthcheck.main() == code
        thread.join()


def test_the_health_check_fails_where_nothing_listens(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    monkeypatch.setenv("PORT", str(port))
    assert healthcheck.main() == 1
