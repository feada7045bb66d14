"""What an image starts, and as whom, in images that are made of facts alone."""

import re

import pytest

from plimsoll.facts.image import accounts, commands, programs

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


FOUND = ["usr/bin/env", "bin/sh", "usr/bin/python3.11", "usr/local/bin/node"]
VENV = ["opt/venv/pyvenv.cfg", "opt/venv/lib/python3.13/site-packages/flask/app.py"]


def link(path, target):
    return path, {"kind": "symlink", "link": target}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/usr/bin/env node", ""),
        ("/usr/bin/env -S node --enable-source-maps", ""),
        ("/usr/bin/env -S -i A=b node", ""),
        ("/usr/bin/env NODE_ENV=production", ""),
        ("/usr/bin/env deno", "asks in its first line for 'deno' by env, which is in none of /usr/local/sbin"),
        ("/usr/bin/env python3", "for 'python3' by env"),
        ("/usr/bin/env -S python3 -u", "for 'python3' by env"),
        ("/usr/bin/env node -r x", "for 'node -r x' by env, .*: without -S, env takes all of that for one name"),
        ("/usr/bin/env node\r", r"for 'node\\r' by env"),
        ("/bin/sh -e", ""),
        ("/opt/gone/python", "for '/opt/gone/python', which is not there"),
        ("/opt/linked/python", "for '/opt/linked/python': it leads to /usr/local/bin/python3, which is not there"),
        ("/opt/round", "'/opt/round', which is a link in a circle"),
        ("/opt/venv/bin/python", "/opt/venv/bin/python is /usr/bin/python3.11, and the packages beside it are for pyt"),
        ("/opt/closed", "'/opt/closed', which nobody may start"),
    ],
)
def test_what_the_first_line_of_a_script_asks_for(made, line, why):
    image = made.imagined(
        *FOUND,
        *VENV,
        link("opt/linked/python", "python3"),
        link("opt/linked/python3", "/usr/local/bin/python3"),
        link("opt/round", "round"),
        link("opt/venv/bin/python", "/usr/bin/python3.11"),
        ("opt/closed", {"mode": 0o644}),
        "app/start",
        scripts={"app/start": line},
    )
    told = programs.obstacle(image, "/app/start")
    assert re.search(why, told)
    assert bool(why) == bool(told)


def test_an_environment_of_its_own_python_is_whole(made):
    image = made.imagined("usr/bin/python3.13", *VENV, link("opt/venv/bin/python", "/usr/bin/python3.13"))
    assert programs.obstacle(image, "/opt/venv/bin/python") == ""


def test_a_command_that_is_a_link_to_nothing_is_told_where_it_ends(made):
    image = made.imagined(link("app/run", "../opt/run"))
    assert programs.obstacle(image, "/app/run") == "`/app/run` leads to /opt/run, which is not there"


def test_a_text_is_started_by_a_shell_alone(made):
    image = made.imagined("app/start", plain=["app/start"])
    assert "is no program" in programs.obstacle(image, "/app/start")
    assert programs.obstacle(image, "/app/start", by_shell=True) == ""


def test_what_a_layer_holds_that_the_kernel_does_not_start(made):
    files = {"a": b"echo ahoy\n", "b": b"#!/bin/sh\n", "c": b"\xef\xbb\xbf#!/bin/sh\n", "d": b"data"}
    rows = [(path, content, {"mode": 0o755}) for path, content in files.items() if path != "d"]
    read = made.facts(made.tar(*rows, ("d", files["d"], {"mode": 0o644})))
    assert read.layers[0].plain == ["a", "c"]


@pytest.mark.parametrize(
    ("words", "started"),
    [
        (["/app", "serve"], [("/app", False)]),
        (["tini", "--", "/app"], [("tini", False), ("/app", False)]),
        (["/usr/bin/tini", "-g", "-p", "SIGINT", "/app", "-x"], [("/usr/bin/tini", False), ("/app", False)]),
        (["dumb-init", "node", "x.js"], [("dumb-init", False), ("node", False)]),
        (["gosu", "app", "/app"], [("gosu", False), ("/app", False)]),
        (["env", "A=b", "/app"], [("env", False), ("/app", False)]),
        (["env", "PATH=/x", "app"], [("env", False)]),
        (["tini", "--", "sh", "-c", "exec app"], [("tini", False), ("app", True)]),
        (["/bin/sh", "-c", "A=b java -jar x"], [("java", True)]),
        (["bash", "-lc", "cd /app && node x"], []),
        (["sh", "-c", "PATH=/x:$PATH app"], []),
        (["sh", "/start.sh"], [("sh", False)]),
        ([], []),
    ],
)
def test_what_a_command_comes_to_start(made, words, started):
    assert list(commands.started(made.imagined(config={"Entrypoint": words}))) == started


@pytest.mark.parametrize(
    ("entrypoint", "lost"),
    [
        (["sh", "-c", "exec httpd -f"], True),
        (["/bin/sh", "-c", "httpd -f"], True),
        (["/bin/bash", "-c", "exec /app", "--"], True),
        (["sh", "-c", 'exec httpd "$@"', "httpd"], False),
        (["sh", "-c", 'exec "$0" "$@"'], False),
        (["sh", "-c", "exec app ${1:-x}"], False),
        (["sh", "-c", "exec app $*"], False),
        (["sh", "-c", "exec app $HOME"], True),
        (["/app"], False),
        (["sh", "/start.sh"], False),
        ([], False),
    ],
)
def test_what_of_its_arguments_a_shell_keeps_to_itself(made, entrypoint, lost):
    image = made.imagined(config={"Entrypoint": entrypoint, "Cmd": ["-p", "8080"]})
    assert commands.dropped(image) == (["-p", "8080"] if lost else [])
