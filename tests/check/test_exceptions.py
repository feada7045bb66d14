"""Exceptions and baselines as a user gives them to the command: what counts, what is told, and with which exit code."""

import json

import pytest

pytestmark = pytest.mark.xdist_group("check")

COMPOSE = """\
services:
  web:
    image: nginx:1.28
    ports: ["8080:80"]
  proxy:
    image: nginx:1.28
    ports: ["9090:80"]
"""
RULE = "publishes_on_loopback_only"
WHY = "all shall reach it"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    return tmp_path


@pytest.fixture
def judged(check, folder):
    """The command on the folder: its exit code, the services that it finds fault with, and what else it tells."""

    def judged(*options, rule=RULE):
        done = check(".", "--quiet", f"--rule={rule}", "--output=json", *options, folder=folder)
        results = json.loads(done.said)["results"] if done.said else []
        found = [finding["found"].split()[0] for each in results for finding in each["findings"]]
        return done.code, found, done.errors.splitlines()

    return judged


def test_both_services_break_the_rule(judged):
    assert judged() == (1, ["proxy", "web"], [])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("plimsoll.toml", f'[waive]\n{RULE} = "{WHY}"\n', (0, [], 0)),
        ("plimsoll.toml", f'[service.proxy.waive]\n{RULE} = "{WHY}"\n', (1, ["web"], 0)),
        ("plimsoll.toml", f'[service.prox.waive]\n{RULE} = "{WHY}"\n', (1, ["proxy", "web"], 1)),
        ("plimsoll.toml", f'[waive]\n{RULE} = {{ reason = "{WHY}", until = 2020-01-01 }}\n', (1, ["proxy", "web"], 1)),
        ("plimsoll.toml", f'[waive]\n{RULE} = "{WHY}"\nprot = "{WHY}"\n', (2, [], 1)),
        ("plimsoll.toml", f'[waive]\n{RULE} = ""\n', (2, ["proxy", "web"], 1)),
        ("plimsoll.toml", f"port = 80\nport = 80\n[waive]\n{RULE} = 1\n", (2, ["proxy", "web"], 1)),
        (
            "compose.yaml",
            COMPOSE.replace("    ports", f"    # plimsoll: ignore={RULE} {WHY}\n    ports", 1),
            (1, ["proxy"], 0),
        ),
        (
            "compose.yaml",
            COMPOSE.replace("    ports", f"    # plimsoll: ignore={RULE}\n    ports", 1),
            (2, ["proxy", "web"], 1),
        ),
        ("compose.yaml", f"{COMPOSE}# plimsoll: ignore={RULE} {WHY}\n", (1, ["proxy", "web"], 1)),
        ("compose.yaml", f"{COMPOSE}x-plimsoll: {{waive: {{{RULE}: {WHY}}}}}\n", (0, [], 0)),
        ("compose.yaml", f"{COMPOSE}x-plimsoll: {{waive: {{{RULE}s: {WHY}}}}}\n", (2, ["proxy", "web"], 1)),
    ],
)
def test_what_is_waived_and_what_is_told(judged, folder, name, text, expected):
    (folder / name).write_text(text)
    code, found, told = judged()
    assert (code, found, len(told)) == expected, told
    assert all(line.startswith("plimsoll: ") and name in line for line in told)


def test_another_file_counts_in_place_of_the_folders_own(judged, folder):
    (folder / "plimsoll.toml").write_text("prot = 1\n")
    (folder / "other.toml").write_text(f'[waive]\n{RULE} = "{WHY}"\n')
    assert judged("--config=other.toml") == (0, [], [])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is not there"),
        (b"\xff\xfe", "is no text in UTF-8"),
        (b"port == 1", "is not valid TOML"),
        ("", "Is a directory"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_and_the_rest_is_judged(judged, folder, content, told):
    file = folder / "other.toml"
    if content == "":
        file.mkdir()
    elif content:
        file.write_bytes(content)
    code, found, (line,) = judged("--config=other.toml")
    assert (code, found) == (2, ["proxy", "web"])
    assert line.startswith("plimsoll: other.toml ")
    assert told in line


def test_an_image_is_held_to_a_file_that_is_named(check, image, tmp_path):
    name = image('FROM busybox:1.37-musl\nCMD ["/bin/true"]\n')
    file = tmp_path / "plimsoll.toml"
    chosen = [name, "--quiet", "--rule=has_no_shell", "--rule=fits_its_budget", f"--config={file}"]
    file.write_text('[variant.prod]\nmax_size = "1 kB"\n')
    done = check(*chosen)
    assert done.code == 1
    assert "image.fits_its_budget" in done.said
    assert "image.has_no_shell" in done.said
    file.write_text('allow = ["shell"]\n[variant.prod]\nmax_size = "900 MB"\n')
    done = check(*chosen)
    assert (done.code, done.errors) == (0, ""), done.said
    file.write_text(
        f'[variant.prod]\nmax_size = "900 MB"\n[waive]\nhas_no_shell = "{WHY}"\nfits_its_budget = "{WHY}"\n'
    )
    done = check(*chosen)
    assert done.code == 0
    assert done.errors.count("\n") == 1
    assert f"{file} [waive] waives fits_its_budget, which nothing that was judged breaks" in done.errors


def test_a_repository_with_a_past_fails_only_on_what_is_new(judged, folder):
    assert judged("--write-baseline=past.json") == (
        0,
        [],
        ["plimsoll: the baseline past.json is written, findings in it: 2"],
    )
    assert judged("--baseline=past.json") == (0, [], [])
    third = "  third:\n    image: nginx:1.28\n    ports: [7070:80]\n"
    (folder / "compose.yaml").write_text("# why\n" + COMPOSE.replace("services:\n", f"services:\n{third}"))
    assert judged("--baseline=past.json") == (1, ["third"], [])
    (folder / "compose.yaml").write_text(COMPOSE.replace('"8080:80"', '"127.0.0.1:8080:80"'))
    code, found, (line,) = judged("--baseline=past.json")
    assert (code, found) == (0, [])
    assert f"past.json has an entry that nothing needs any more, compose.{RULE} at compose.yaml:4: " in line


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--baseline=past.json"], "the baseline past.json is not there"),
        (["--baseline=compose.yaml"], "the baseline compose.yaml is damaged"),
        (["--write-baseline=."], ". can't be written as a baseline"),
        (["--write-baseline=missing/past.json"], "missing/past.json can't be written as a baseline"),
    ],
)
def test_a_baseline_that_can_not_be_used_is_told_before_anything_is_judged(judged, options, told):
    code, found, (line,) = judged(*options)
    assert (code, found) == (2, [])
    assert line.startswith(f"plimsoll: {told}")
