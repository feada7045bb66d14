"""What reaches a builder, asked of the engine that is here."""

import base64

import pytest

from plimsoll.errors import PlimsollError
from plimsoll.facts.build import context, probe
from plimsoll.parsing.dockerfile import Dockerfile
from plimsoll.subject import Variant

pytestmark = pytest.mark.engine


@pytest.fixture
def measure(tmp_path):
    """Write a folder and measure what a Dockerfile takes of it."""

    def measured(dockerfile, files, ignore="", name="Dockerfile"):
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(content)
        (tmp_path / name).write_text(dockerfile)
        if ignore:
            (tmp_path / ".dockerignore").write_text(ignore)
        return context.measured(Variant("own", "own", "own", folder=tmp_path, file=tmp_path / name))

    return measured


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("COPY . .", ["."]),
        ("COPY --chown=1:1 ./a/../b c* /d/", ["a/b", "c*"]),
        ('ADD ["a b", "/c"]', ["a b"]),
        ("COPY ../../etc/passwd /", ["etc/passwd"]),
        ("ARG D=src\nCOPY $D ${E} ${F:-f} /", ["src", "*", "f"]),
        ("RUN --mount=type=bind,source=a,target=/a --mount=target=/b x", ["a", "."]),
        ("ONBUILD COPY . /src", ["."]),
        ("COPY --from=b . .\nADD https://example.org/x /\nADD git@example.org:x.git /x", []),
        ("COPY <<EOF /x\n.\nEOF\nRUN --mount=type=cache,target=/c --mount=type=bind,from=b,target=/b x", []),
    ],
)
def test_tells_what_a_dockerfile_takes(text, taken):
    assert list(context.sources(Dockerfile(f"FROM a\n{text}\n"))) == taken


def test_only_what_is_copied_and_not_ignored_comes(measure):
    files = {"src/a.txt": "1234", "src/b.md": "x", "c": "x"}
    found = measure("FROM a\nCOPY src main.py /\n", files, ignore="**/*.md\n")
    assert found.sent.files == {"src/a.txt": 4}
    assert (found.sent.size, found.missing, found.secrets, found.unguarded) == (4, [], {}, [])


def test_the_dockerfiles_own_ignore_file_comes_before_the_folders(measure):
    files = {"x.Dockerfile.dockerignore": ".*\n*file*", "a": "1"}
    found = measure("FROM a\nCOPY . .\n", files, ignore="*\n", name="x.Dockerfile")
    assert found.sent.files == {"a": 1}
    assert found.ignore is not None
    assert found.ignore.name == "x.Dockerfile.dockerignore"


def test_what_is_ignored_and_copied_is_missing(measure):
    found = measure("FROM a\nCOPY a b* c gone /\n", {"a": "1", "b1": "1", "c": "1"}, ignore="a\nb*\n")
    assert found.missing == ["a"]


def test_secrets_are_found_by_what_they_are_called_and_hold(measure):
    key = "-----BEGIN PRIVATE KEY-----\n"
    files = {"key.pem": key, "public.pem": "-----BEGIN CERTIFICATE-----", "tests/key.pem": key, ".npmrc": "save=true\n"}
    found = measure("FROM a\nCOPY . .\n", files, ignore=".env\n")
    assert (set(found.secrets), found.unguarded) == ({"key.pem"}, [".git/config"])


def test_what_git_ignores_is_planted_too(measure, tmp_path, git):
    git(tmp_path, "init")
    files = {".gitignore": "id_rsa\ndist/\n", "package.json": "{}"}
    found = measure("FROM a\nCOPY . .\n", files, ignore=".git\n.env\n")
    assert (found.secrets, found.unguarded) == ({}, ["id_rsa"])
    assert found.output == dict.fromkeys(["dist", "node_modules"], context.IF_THERE)


def test_a_folder_within_a_repository_has_no_git_of_its_own(tmp_path, git):
    git(tmp_path, "init")
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM a\nCOPY . .\n")
    found = context.measured(Variant("own", "own", "own", folder=folder, file=folder / "Dockerfile"))
    assert (found.secrets, found.unguarded) == ({}, [".env"])


def test_output_is_that_of_the_folders_own_language(measure):
    files = {"app/a.py": "x", "app/__pycache__/a.pyc": "x", "lib/b.py": "x", "Cargo.toml": "", "README.md": "x"}
    found = measure("FROM a\nCOPY app app\nCOPY lib lib\nCOPY *.toml .\n", files)
    assert found.output == {"app/__pycache__": context.THERE}
    assert (found.secrets, found.unguarded) == ({}, [])


def test_a_context_without_end_is_broken_off(measure, monkeypatch):
    monkeypatch.setattr(probe, "MOST", 1000)
    found = measure("FROM a\nCOPY . .\n", {f"file{number}": "x" * 100 for number in range(100)})
    assert found.sent.cut
    assert found.sent.size < 10_000
    assert found.missing == []


def test_odd_names_and_links_are_read_as_they_are(measure, tmp_path):
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "out").symlink_to("/etc/passwd")
    found = measure("FROM a\nCOPY . .\n", {"a b[1]\n.txt": "1", "é": "1"})
    assert {"a b[1]\n.txt", "é", "loop", "out"} < set(found.sent.files)
    assert found.sent.size < 1000


def test_a_source_that_is_no_pattern_is_told(measure):
    with pytest.raises(PlimsollError, match="can't be measured"):
        measure("FROM a\nCOPY [a /b\n", {"a": "1"})


def test_a_committed_file_of_settings_is_no_secret_and_one_with_a_password_is(measure):
    files = {".env": "PORT=8080\nLOG_LEVEL=info\nDB_PASSWORD=\n", "web/.env": "DB_PASSWORD=a7Kz-91-mKw\n"}
    found = measure("FROM a\nCOPY . .\n", files, ignore=".git\n")
    assert found.secrets == {"web/.env": "reaches the builder, and holds a password or token"}


def test_a_key_is_found_in_any_file_that_is_sent(measure, chance):
    key = f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(chance.randbytes(48)).decode()}\n-----END PRIVATE KEY-----\n"
    files = {"notes/harbour.txt": f"The key:\n\n{key}", "node_modules/x/key.js": key, "kept.txt": key}
    found = measure("FROM a\nCOPY . .\n", files, ignore=".git\n.env\nkept.txt\n")
    assert found.secrets == {"notes/harbour.txt": "reaches the builder, and holds a private key"}
