"""A first plimsoll.toml, from what is measured: valid, never written over another, and no worse than none."""

import json
import re
import tomllib

import pytest

from plimsoll import expectations

pytestmark = pytest.mark.xdist_group("check")

SERVER = """\
FROM busybox:1.37-musl AS dev
CMD ["sleep", "1000"]
FROM busybox:1.37-musl AS prod
RUN mkdir -p /www /data && echo '{"status": "ok"}' > /www/healthz && echo hello > /www/index.html && chown 10001 /data
HEALTHCHECK CMD wget -q -O /dev/null http://127.0.0.1:8080/healthz
USER 10001
EXPOSE 8080
STOPSIGNAL SIGKILL
CMD ["sh", "-c", "date > /data/begun && exec httpd -f -p 8080 -h /www"]
"""


@pytest.fixture
def init(check):
    """The command `init` in place of `check`."""
    code = "import sys; from plimsoll.cli import main; sys.exit(main(['init', *sys.argv[2:]]))"
    return lambda *arguments, **more: check(*arguments, code=code, **more)


def broken(done):
    results = json.loads(done.said)["results"]
    return {(each["rule"], each["subject"]) for each in results if each["findings"]}


def test_what_is_measured_is_written_and_keeps_what_was_kept(init, check, built_of, tmp_path):
    folder = tmp_path / "first-of-all"
    folder.mkdir()
    (folder / "Dockerfile").write_text(SERVER)
    before = check(folder, "--quiet", "--output=json")
    done = init(folder, "--quiet")
    assert done.code == 0, done.errors
    assert (done.left, built_of(folder.name)) == ([], [])
    text = (folder / "plimsoll.toml").read_text()
    assert text == done.said
    given = expectations.read(folder, {"dev", "prod"})
    assert (given.of("prod").port, given.of("dev").port, given.writable) == (8080, None, ["/data"])
    # What it does not bear yet to be held to is there too, as a comment.
    promised = tomllib.loads(re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", text))
    paths = {each["path"]: each for each in promised["endpoint"]}
    assert set(paths) == {"/", "/healthz"}
    assert all(each["variants"] == ["prod"] for each in paths.values())
    assert paths["/"]["content_type"] == "text/html"
    sizes = {name: each.max_size for name, each in given.variant.items()}
    assert set(sizes) == {"dev", "prod"}
    assert all(10**6 < size < 10**7 for size in sizes.values())
    after = check(folder, "--quiet", "--output=json")
    assert broken(after) <= broken(before)
    assert after.code <= before.code
    assert after.errors == ""
    again = init(folder, "--quiet")
    assert (again.code, again.said, again.errors.count("\n")) == (2, "", 1)
    assert "plimsoll.toml is there already: " in again.errors
    assert (folder / "plimsoll.toml").read_text() == text


def test_static_programs_are_promised(init, tmp_path):
    program = 'COPY --from=from /bin/busybox /app/server\nCMD ["/app/server", "true"]\n'
    (tmp_path / "Dockerfile").write_text(f"FROM busybox:1.37-musl AS from\nFROM scratch\n{program}")
    done = init(tmp_path, "--quiet")
    assert done.code == 0, done.errors
    given = tomllib.loads(done.said)
    assert given["variant"]["image"]["static"] == ["/app/server"]
    assert {"port", "endpoint", "writable"}.isdisjoint(given)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "has no Dockerfile: "),
        ({"compose.yaml": "services: {web: {image: nginx}}\n"}, "has no Dockerfile: "),
        ({"Dockerfile": "FROM scratch\nCOPY missing /\n"}, "no image can be built"),
        ({"Dockerfile": "FROM scratch\n", "plimsoll.toml": ""}, "plimsoll.toml is there already"),
    ],
)
def test_what_can_not_be_measured_is_told_and_nothing_is_written(init, tmp_path, files, told):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = init(tmp_path, "--quiet")
    assert (done.code, done.said) == (2, "")
    assert told in done.errors.splitlines()[-1]
    assert {path.name for path in tmp_path.iterdir()} == set(files)


def test_a_file_or_nothing_is_no_folder(init, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    for name in ("Dockerfile", "missing"):
        done = init(tmp_path / name, "--quiet")
        assert (done.code, done.errors.count("\n")) == (2, 1)
        assert f"{name} is no folder: " in done.errors
