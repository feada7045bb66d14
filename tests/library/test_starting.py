"""What an image starts, and as whom, in images that are made of facts alone."""

import pytest

from plimsoll.facts.image import accounts, programs

USERS = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n# a remark\nbroken\n"
GROUP = "root:x:0:\napp:x:1000:\nmedia:x:50:app,other\n"
TEXTS = {"etc/passwd": USERS, "etc/group": GROUP}


def test_a_name_is_looked_for_in_the_path_of_the_image(made):
    image = made.imagined("opt/bin/app", config={"Env": ["PATH=/usr/bin:/opt/bin"]})
    assert programs.which(image, "app").path == "opt/bin/app"
    assert programs.which(made.imagined("opt/bin/app"), "app") is None


def test_what_nobody_may_start_is_passed_over(made):
    image = made.imagined(("usr/local/bin/app", {"mode": 0o644}), "usr/bin/app")
    assert programs.which(image, "app").path == "usr/bin/app"


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("app", ""),
        ("/usr/bin/app", ""),
        ("./app", ""),
        ("gone", "`gone` is in none of /usr/local/sbin"),
        ("/gone", "`/gone` is not there"),
        ("/usr/bin", "/usr/bin is a directory"),
        ("/etc/data", "has mode 644"),
        ("script", ""),
        ("windows", "'/bin/sh\\r', which is not there"),
        ("orphan", "'/bin/bash', which is not there"),
    ],
)
def test_what_keeps_a_command_from_starting(made, word, why):
    scripts = {"usr/bin/script": "/bin/sh -e", "usr/bin/windows": "/bin/sh\r", "usr/bin/orphan": " /bin/bash"}
    image = made.imagined(
        "bin/sh",
        "usr/bin/app",
        ("usr/bin", {"kind": "directory"}),
        ("etc/data", {"mode": 0o644}),
        *scripts,
        scripts=scripts,
        config={"WorkingDir": "/usr/bin"},
    )
    told = programs.obstacle(image, word)
    assert why in told
    assert bool(why) == bool(told)


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("curl --fail http://localhost || exit 1", "curl"),
        ("A=1 B=2 exec /app --x", "/app"),
        ("exec app", "app"),
        ("[ -e /ready ]", ""),
        ("test -e /ready", ""),
        ("$APP", ""),
        ("(curl x)", ""),
        ("wget;true", ""),
        ("", ""),
    ],
)
def test_the_first_program_of_a_shells_line(line, program):
    assert programs.first(line) == program


def test_a_health_check_in_shell_form_needs_the_shell(made):
    image = made.imagined("app", config={"Healthcheck": {"Test": ["CMD-SHELL", "curl x"]}})
    assert programs.health_command(image) == ["/bin/sh", "-c", "curl x"]
    assert programs.shell_line(image, programs.health_command(image)) == "curl x"
    assert programs.health_command(made.imagined(config={"Healthcheck": {"Test": ["NONE"]}})) == []
    assert programs.health_command(made.imagined()) == []


@pytest.mark.parametrize(
    ("user", "uid", "gids"),
    [
        ("", 0, {0}),
        ("app", 1000, {1000, 50}),
        ("1000", 1000, {1000, 50}),
        ("app:media", 1000, {50}),
        ("65532", 65532, {0}),
        ("65532:65532", 65532, {65532}),
    ],
)
def test_users_are_found_by_name_and_number(made, user, uid, gids):
    who = accounts.user(made.imagined(*TEXTS, texts=TEXTS, config={"User": user}))
    assert (who.uid, who.gids) == (uid, gids)


@pytest.mark.parametrize("user", ["nobody", "app:nogroup"])
def test_a_user_whom_the_image_does_not_know(made, user):
    assert accounts.user(made.imagined(*TEXTS, texts=TEXTS, config={"User": user})) is None


def test_lines_that_are_none_are_passed_over(made):
    image = made.imagined(*TEXTS, texts=TEXTS)
    assert [(each.line, each.name) for each in accounts.accounts(image)] == [(1, "root"), (2, "app")]


@pytest.mark.parametrize(
    ("attributes", "allowed"),
    [
        ({"mode": 0o755}, True),
        ({"mode": 0o700}, False),
        ({"mode": 0o700, "uid": 1000}, True),
        ({"mode": 0o710, "gid": 50}, True),
        ({"mode": 0o701, "gid": 50}, False),
        ({"mode": 0o077, "uid": 1000}, False),
    ],
)
def test_who_may_start_a_program(made, attributes, allowed):
    image = made.imagined(("opt/app", attributes), ("opt", {"kind": "directory"}))
    who = accounts.User(1000, frozenset({1000, 50}), None)
    assert (accounts.forbidden(image, "/opt/app", who) == "") is allowed
    assert accounts.forbidden(image, "/opt/app", accounts.User(0, frozenset({0}), None)) == ""


def test_a_closed_directory_is_in_the_way(made):
    image = made.imagined("root/app", ("root", {"kind": "directory", "mode": 0o700}))
    assert "/root has mode 700" in accounts.forbidden(image, "/root/app", accounts.User(5, frozenset(), None))
