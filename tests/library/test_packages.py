"""A secret is passed over in what a package brought as it is, and nowhere else: where a file lies excuses nothing."""

import base64
import gzip
import hashlib
import random
import string

import pytest

from plimsoll.facts.image import image, search
from plimsoll.rules.image import secrets

CHANCE = random.Random(1)  # noqa: S311 - nothing is kept secret by it
BODY = base64.encodebytes(CHANCE.randbytes(600)).decode()
KEY = f"-----BEGIN PRIVATE KEY-----\n{BODY}-----END PRIVATE KEY-----\n".encode()
TOKEN = f"ghp_{''.join(CHANCE.choices(string.ascii_letters + string.digits, k=36))}".encode()

DOCUMENT = "usr/share/doc/mine/README"
MODULE = "venv/lib/python3.13/site-packages/shop/tests/test_x.py"


def hashed(algorithm, content):
    return base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).decode().rstrip("=")


def md5sum(path, content):
    return f"{hashlib.md5(content, usedforsecurity=False).hexdigest()}  {path}\n".encode()


def apk(path, content):
    folder, _, name = path.rpartition("/")
    total = base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    return f"C:Q1x\nP:mine\nV:1-r0\nF:{folder}\nM:0:0:755\nR:{name}\na:0:0:644\nZ:Q1{total}\nR:other\n\n".encode()


def record(path, content):
    inside = path.partition("site-packages/")[2]
    rows = f"shop/__init__.py,sha256={hashed('sha256', b'')},0\n{inside},sha256={hashed('sha256', content)},9\n"
    return f"{rows}shop-1.dist-info/RECORD,,\n".encode()


LISTS = {
    "dpkg": (DOCUMENT, "var/lib/dpkg/info/mine:amd64.md5sums", md5sum),
    "dpkg of distroless images": (DOCUMENT, "var/lib/dpkg/status.d/mine.md5sums", md5sum),
    "apk": (DOCUMENT, "lib/apk/db/installed", apk),
    "apk below usr": (DOCUMENT, "usr/lib/apk/db/installed", apk),
    "pip": (MODULE, "venv/lib/python3.13/site-packages/shop-1.dist-info/RECORD", record),
}
"""A file, where its package manager lists it, and how."""

MARKS = {
    "app/node_modules/happy-dom/lib/fetch/certificate.js": "app/node_modules/happy-dom/package.json",
    "app/node_modules/@scope/x/deep/test/key.js": "app/node_modules/@scope/x/package.json",
    "app/node_modules/x/test/node_modules/y/key.js": "app/node_modules/x/package.json",
    "usr/local/go/src/crypto/x509/platform_root_key.pem": "usr/local/go/VERSION",
    "root/go/pkg/mod/example.test/x@v1.2.0/testdata/keys.go": "root/go/pkg/mod/example.test/x@v1.2.0/go.mod",
    "go/pkg/mod/old.example/x@v0.1.0/key.go": "go/pkg/mod/cache/download/old.example/x/@v/v0.1.0.ziphash",
    "usr/local/cargo/registry/src/index-1/rustls-0.23.1/tests/key.rs": (
        "usr/local/cargo/registry/src/index-1/rustls-0.23.1/.cargo-ok"
    ),
    "usr/local/lib/ruby/gems/3.4.0/gems/puma-6.4/test/key.pem": (
        "usr/local/lib/ruby/gems/3.4.0/specifications/puma-6.4.gemspec"
    ),
    "usr/local/lib/python3.13/test/certdata/ssl_key.pem": "usr/local/lib/python3.13/os.py",
    "usr/local/include/node/openssl/key.h": "usr/local/include/node/node_version.h",
    "usr/share/doc/openssl/demos/server.pem": "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "etc/ssl/private/ssl-cert-snakeoil.key": "var/lib/dpkg/info/ssl-cert.list",
}
"""Files, each with what its package manager leaves beside it."""


@pytest.fixture
def told(made):
    """The paths and kinds of the secrets in an image of these layers, each of these members."""

    def told(*layers):
        facts = made.facts(*(made.tar(*members) for members in layers))
        again = made.facts(*(made.tar(*members) for members in layers))
        assert [*facts.secrets] == [*again.secrets], "what was kept of a layer tells something else"
        return [(each.path, each.what) for _, each in facts.secrets]

    return told


@pytest.mark.parametrize("kind", LISTS)
def test_a_key_in_a_file_that_a_package_lists_is_none(told, kind):
    path, where, listing = LISTS[kind]
    file, row = (path, KEY), (where, listing(path, KEY))
    for layers in ([[file, row]], [[row, file]], [[row], [file]], [[file], [row]], [[file, row], [file]]):
        assert told(*layers) == []


@pytest.mark.parametrize("kind", LISTS)
def test_a_key_that_was_added_to_a_listed_file_is_one(told, kind):
    path, where, listing = LISTS[kind]
    original = b"# as it was\n"
    row = (where, listing(path, original))
    for layers in (
        [[(path, original + KEY), row]],
        [[(path, original), row], [(path, original + KEY)]],
        [[(path, original), row], [(path, original + KEY)], [(path, original)]],
    ):
        assert told(*layers) == [(path, "a private key")]


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_excuses_no_other_file(told, kind):
    path, where, listing = LISTS[kind]
    assert told([(f"{path}.pem", KEY), (path, b""), (where, listing(path, b""))]) == [(f"{path}.pem", "a private key")]


@pytest.mark.parametrize("path", MARKS)
def test_a_key_that_came_with_its_packages_mark_is_none(told, path):
    for members in ([(MARKS[path], b"{}"), (path, KEY)], [(path, KEY), (MARKS[path], b"{}")]):
        assert told(members) == []


@pytest.mark.parametrize("path", MARKS)
def test_a_key_that_came_without_its_packages_mark_is_one(told, path):
    assert told([(path, KEY)]) == [(path, "a private key")]
    assert told([(MARKS[path], b"{}")], [(path, KEY)]) == [(path, "a private key")]


@pytest.mark.parametrize(
    "path",
    [
        DOCUMENT,
        "usr/share/doc/mine/examples/server.key",
        "usr/share/man/man1/mine.1",
        "usr/local/share/doc/mine.md",
        "usr/lib/python3/dist-packages/mine.py",
        "usr/local/lib/python3.13/site-packages/mine/testdata/key.txt",
        "var/lib/dpkg/info/mine.txt",
        "var/lib/apt/mine",
        "lib/apk/mine",
        "root/.cache/pip/mine",
        "app/tests/fixtures/server.key",
        "app/node_modules/.cache/mine.md",
    ],
)
@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"# Mine\n" + KEY, "a private key"),
        (b"token: %s\n" % TOKEN, "a GitHub token"),
        (b"token: %s\n" % base64.b64encode(b"x: " + TOKEN), "a GitHub token"),
        (gzip.compress(KEY), "a private key"),
    ],
    ids=["key", "token", "token in base64", "packed key"],
)
def test_where_a_file_lies_excuses_nothing(told, path, content, what):
    """Also not in an image that has packages."""
    row = (LISTS["dpkg"][1], md5sum("usr/bin/true", b"1"))
    assert told([(path, content), row]) == [(path, what)]


def test_a_login_that_is_kept_among_documents_is_one(told):
    path = "usr/share/doc/mine/.netrc"
    assert told([(path, b"machine git.example.test login robot password w2Vq-83-hLt")]) == [(path, "a kept login")]


def test_a_token_in_a_package_is_found_unless_it_documents_or_tests(told):
    for path, found in {
        "app/node_modules/shop/settings.js": ["a GitHub token"],
        "app/node_modules/shop/README.md": [],
        "app/node_modules/shop/test/x.js": [],
    }.items():
        assert [what for _, what in told([("app/node_modules/shop/package.json", b"{}"), (path, TOKEN)])] == found


def test_what_was_installed_from_a_folder_is_nobodys_published_package(told):
    path, where, listing = LISTS["pip"]
    own = where.replace("RECORD", "direct_url.json")
    assert told([(path, KEY), (where, listing(path, KEY)), (own, b"{}")]) == [(path, "a private key")]


def test_npms_cache_holds_what_its_names_say(told):
    total = hashlib.sha512(KEY).hexdigest()
    for name, found in ((total, 0), (total[::-1], 1)):
        assert len(told([(f"root/.npm/_cacache/content-v2/sha512/{name[:2]}/{name[2:4]}/{name[4:]}", KEY)])) == found


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("garbage", [b'\0\xff,\n"', b"Z:Q1\nR:\nF:", b"", b"a", b"x" * 200_000, b"a,b,c\n,sha256=?\n"])
def test_a_list_that_is_none_excuses_nothing(told, kind, garbage):
    path, where, _ = LISTS[kind]
    assert told([(path, KEY), (where, garbage)]) == [(path, "a private key")]


@pytest.mark.parametrize("held", [0, len(KEY), 10**6])
def test_it_makes_no_difference_how_many_files_can_wait(told, monkeypatch, held):
    monkeypatch.setattr(search, "MOST_HELD", held)
    path, where, listing = LISTS["dpkg"]
    mark = ("app/node_modules/x/package.json", b"{}")
    members = [(path, KEY), (f"{path}.mine", KEY), ("app/node_modules/x/a.js", KEY), (where, listing(path, KEY)), mark]
    assert told(members) == [(f"{path}.mine", "a private key")]


def test_of_two_files_of_one_name_both_are_searched(told):
    assert told([(DOCUMENT, KEY), (DOCUMENT, TOKEN)]) == [(DOCUMENT, "a private key"), (DOCUMENT, "a GitHub token")]


def test_the_rule_tells_what_nobody_owns_and_its_layer(made):
    path, where, listing = LISTS["dpkg"]
    facts = made.facts(made.tar((path, KEY), (where, listing(path, KEY))), made.tar(("usr/share/doc/key.md", KEY)))
    (finding,) = secrets.layers_hold_no_secret(facts)
    assert finding.place == f"{facts.layers[1].place} /usr/share/doc/key.md"


def test_a_file_too_large_to_be_held_is_told_once(made, monkeypatch):
    monkeypatch.setattr(image.layer, "LARGEST_HELD", 1000)
    monkeypatch.setattr(image.layer, "WINDOW", 5000)
    monkeypatch.setattr(image.layer, "OVERLAP", 2000)
    facts = made.facts(made.tar((DOCUMENT, b" " * 4000 + KEY + b" " * 20_000)))
    assert [each.what for _, each in facts.secrets] == ["a private key"]


@pytest.mark.parametrize("content", [KEY, KEY + b"and more\n"])
def test_a_packages_list_knows_its_files_wherever_they_lie(told, content):
    path, listed = "usr/share/cmake/key.txt", "var/lib/dpkg/info/mine.md5sums"
    found = told([(path, content), (listed, md5sum(path, KEY))])
    assert bool(found) is (content != KEY)
