"""What a base brought, what an image is there to offer, and who does its work: told from its history and its files."""

import pytest

from plimsoll.errors import DependentError, NotJudgedError
from plimsoll.facts.image import accounts, base, linking, stepping_down, tools
from plimsoll.facts.run.side_effects import SideEffects
from plimsoll.rules.image import contents, metadata, size, starting
from plimsoll.rules.run import running

DEBIAN = ["COPY / / # buildkit", 'CMD ["bash"]']
PYTHON = [*DEBIAN, "ENV A=b", "EXPOSE [80/tcp]", "VOLUME [/data]", "RUN /bin/sh -c make # buildkit", 'CMD ["python3"]']
APP = [*PYTHON, "ARG V=1", "WORKDIR /app", "COPY . . # buildkit", "USER 1000", "EXPOSE [22/tcp]", 'CMD ["app"]']
OWN = ["ARG", "WORKDIR", "COPY", "USER", "EXPOSE", "CMD"]
MADE = ("RUN", "COPY", "ADD", "WORKDIR")
SETUID = {"mode": 0o4755}


def history(steps):
    return [{"created_by": step, **({} if step.startswith(MADE) else {"empty_layer": True})} for step in steps]


@pytest.fixture
def app(made):
    """An image of four layers, two of them its base's."""
    config = {"ExposedPorts": {"80/tcp": {}, "22/tcp": {}}, "Volumes": {"/data": {}}, "Cmd": ["app"]}
    return made.facts(
        made.tar(*((f"usr/bin/{name}", b"x", SETUID) for name in ("su", "mount", "sh", "dash"))),
        made.tar(("usr/bin/curl", b"x", {"mode": 0o755}), ("var/spool", "directory", {"mode": 0o777})),
        made.tar(("app", "directory")),
        made.tar(("app/run", b"x", SETUID), ("usr/bin/wget", b"x", {"mode": 0o755})),
        history=history(APP),
        config=config,
    )


@pytest.mark.parametrize("keywords", [OWN, None])
def test_what_a_base_brought_is_one_finding(made, app, keywords):
    given = base.of(app, keywords, "python:3.13" if keywords else "")
    assert given.layers == 2
    found = [(each.place, each.found) for each in contents.has_no_setuid_or_setgid_files(app, given)]
    others = "/usr/bin/mount, /usr/bin/sh, /usr/bin/dash"
    assert found == [
        ("/app/run", "it runs as user 0, whoever starts it"),
        ("/usr/bin/su", f"it runs as user 0, whoever starts it; {given.name} brought it, and 3 like it: {others}"),
    ]
    assert len(contents.has_no_shell(made.subject(), app, given)) == 1
    assert [each.place for each in contents.has_no_development_tools(made.subject(), app, given)] == ["/usr/bin/wget"]
    assert contents.has_no_world_writable_files(app, given) == []


@pytest.mark.parametrize("keywords", [["COPY"], [*OWN, "RUN"], ["RUN"] * 20])
def test_a_history_that_another_file_made_tells_nothing(app, keywords):
    assert base.of(app, keywords, "x") == base.Base()


def test_an_image_without_a_base_has_none(made):
    image = made.facts(made.tar(("a", b"1")), history=history(DEBIAN))
    assert base.of(image) == base.Base()
    assert base.of(image, ["COPY", "CMD"], "scratch") == base.Base()


def test_what_is_inherited_is_said_to_be(app):
    given = base.of(app, OWN, "python:3.13")
    ports = sorted(each.found for each in metadata.exposes_no_privileged_port(app, given))
    assert ports == ["it exposes 22/tcp, for ssh", "it exposes 80/tcp, inherited from python:3.13"]
    (volume,) = metadata.declares_no_anonymous_volume(app, given)
    assert volume.found == "it declares VOLUME /data, inherited from python:3.13"


@pytest.mark.parametrize(
    ("config", "product"),
    [
        ({"Entrypoint": ["git"]}, "git"),
        ({"Entrypoint": ["/usr/bin/curl"], "Cmd": ["--help"]}, "curl"),
        ({"Entrypoint": ["tini", "--", "gcc"]}, "gcc"),
        ({"Entrypoint": ["tini", "--"], "Cmd": ["bash"]}, "bash"),
        ({"Cmd": ["bash"]}, "bash"),
        ({"Cmd": ["/bin/bash", "-l"]}, "bash"),
        ({"Cmd": ["sh", "start.sh"]}, ""),
        ({"Entrypoint": ["/bin/sh", "/entrypoint.sh"]}, ""),
        ({"Cmd": ["/bin/sh", "-c", "git daemon"]}, ""),
        ({"Cmd": ["npm", "start"]}, ""),
        ({}, ""),
    ],
)
def test_what_an_image_is_there_to_offer(made, config, product):
    assert tools.product(made.imagined(config=config)) == product


@pytest.mark.parametrize(
    ("rule", "name", "others"),
    [
        (contents.has_no_shell, "bash", ()),
        (contents.has_no_build_tools, "git", ()),
        (contents.has_no_build_tools, "gcc", ("ld", "as", "cc")),
        (contents.has_no_development_tools, "curl", ()),
        (contents.has_no_package_manager, "npm", ("npx",)),
    ],
)
def test_a_product_is_nothing_to_be_left_out(made, rule, name, others):
    paths = [f"usr/bin/{each}" for each in (name, *others)]
    assert rule(made.subject(), made.imagined(*paths, config={"Entrypoint": [name]}), base.Base()) == []
    assert rule(made.subject(), made.imagined(*paths, config={"Entrypoint": ["/app"]}), base.Base()) != []


@pytest.mark.parametrize(
    ("rule", "names", "allowed"),
    [
        (contents.has_no_shell, ["bash", "dash"], ["shell"]),
        (contents.has_no_shell, ["bash", "dash"], ["bash", "dash"]),
        (contents.has_no_build_tools, ["git", "gcc"], ["git", "gcc"]),
        (contents.has_no_development_tools, ["curl", "vim"], ["curl", "vim"]),
        (contents.has_no_package_manager, ["npm", "pip"], ["npm", "pip"]),
    ],
)
def test_what_is_allowed_is_nothing_to_be_left_out(made, rule, names, allowed):
    held = made.imagined(*(f"usr/bin/{each}" for each in names), config={"Entrypoint": ["/app"]})
    assert rule(made.subject(allow=allowed), held, base.Base()) == []
    assert rule(made.subject(variant={"here": {"allow": allowed}}), held, base.Base()) == []
    assert rule(made.subject(allow=["mount"]), held, base.Base()) != []
    if len(allowed) > 1:
        (left,) = rule(made.subject(allow=allowed[1:]), held, base.Base())
        assert left.place == f"/usr/bin/{names[0]}"


USERS = {"etc/passwd": "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n"}
SCRIPT = "usr/local/bin/docker-entrypoint.sh"


@pytest.mark.parametrize(
    ("config", "script", "found"),
    [
        ({"User": "node"}, "", False),
        ({"User": "1000:1000"}, "", False),
        ({"User": "node:node"}, "", True),
        ({"User": "ghost"}, "", True),
        ({"User": "toor"}, "", True),
        ({"User": "0"}, "", True),
        ({}, "", True),
        ({"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["postgres"]}, 'exec gosu postgres "$@"', False),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, "exec su-exec redis redis-server", False),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, "exec setpriv --reuid=redis --clear-groups -- x", False),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, '# gosu would be better\nexec "$@"', True),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, 'exec "$@"', True),
        ({"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["nginx", "-g", "daemon off;"]}, 'exec "$@"', False),
        ({"Entrypoint": ["gosu", "app", "/app"]}, "", False),
        ({"Entrypoint": ["su", "app", "-c", "/app"]}, "", False),
        ({"Cmd": ["/bin/sh", "-c", "chown app /data && exec su app -c /app"]}, "", False),
        ({"Cmd": ["/app", "--name", "su casa"]}, "", True),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, 'exec su -s /bin/sh app -c "$@"', False),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, 'exec su - app -c "$@"', False),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, 'exec sudo -E -u app "$@"', False),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, "apk add su-exec-docs summary", True),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, "if true; then su app -c x; fi", False),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, "su root -c x", True),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, "sudo -u root x", True),
        ({"Entrypoint": ["docker-entrypoint.sh"]}, "echo 'es su casa'", True),
        ({"Cmd": ["sh", "docker-entrypoint.sh"], "WorkingDir": "/usr/local/bin"}, "exec gosu app x", False),
        ({"Cmd": ["haproxy", "-f", "/etc/haproxy.cfg"]}, "", False),
        ({"Cmd": ["apache2-foreground"]}, "", False),
        ({"Entrypoint": ["/app"]}, "", True),
    ],
)
def test_who_does_the_work_counts_not_who_begins(made, config, script, found):
    image = made.imagined("etc/passwd", SCRIPT, config=config, texts={**USERS, SCRIPT: f"#!/bin/sh\n{script}\n"})
    assert bool(starting.runs_as_a_numeric_non_root_user(image)) == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("main.py", "import os\nos.setgid(1)\nos.setuid(1)\n", False),
        ("main.py", "os.seteuid(1)\n", True),
        ("main.py", "print('ya es su casa, gosu')\n", True),
        ("index.js", "listen(() => process.setuid('node'))\n", False),
        ("index.mjs", "print(process.getuid())\n", True),
        ("run.sh", "os.setuid(1)\n", True),
    ],
)
def test_a_program_that_becomes_another_user_by_itself_is_none_of_roots(made, name, text, found):
    """Its text is no shell's: what starts another program there is a word."""
    config = {"Cmd": ["python", name], "WorkingDir": "/srv"}
    image = made.imagined("etc/passwd", f"srv/{name}", config=config, texts={**USERS, f"srv/{name}": text})
    assert bool(starting.runs_as_a_numeric_non_root_user(image)) == found


HANDS_OVER = {"Cmd": ["gosu", "app", "/app"]}


@pytest.mark.parametrize(
    ("config", "workers", "found"),
    [
        (HANDS_OVER, [("/app", 1000)], []),
        (HANDS_OVER, [("/app", 0), ("/app", 0)], ["/app"]),
        ({"Cmd": ["nginx"]}, [("nginx: worker process", 101), ("crond", 0)], []),
        ({"Cmd": ["nginx"]}, [("nginx: worker process", 0)], ["nginx: worker process"]),
        ({"Cmd": ["/usr/sbin/sshd", "-D"]}, [("sshd: [listener]", 0)], []),
        ({"Cmd": ["/app"]}, [("/app", 1000)], []),
        ({"User": "1000", "Cmd": ["/app"]}, [("/app", 1000)], []),
    ],
)
def test_the_processes_tell_as_whom_it_works(made, config, workers, found):
    image = made.imagined("etc/passwd", config=config, texts=USERS)
    effects = SideEffects((), (), (), (), tuple(workers))
    assert [each.place for each in running.works_as_another_user_than_root(image, effects)] == found


def test_where_no_process_is_seen_nothing_is_said_of_its_user(made):
    image = made.imagined("etc/passwd", config=HANDS_OVER, texts=USERS)
    with pytest.raises(NotJudgedError, match="not known"):
        running.works_as_another_user_than_root(image, SideEffects((), (), (), (), ()))


@pytest.mark.parametrize(("user", "uid", "why"), [("", 0, "from the start"), ("ghost", 1000, "no number")])
def test_what_the_image_itself_tells_is_told_once(made, user, uid, why):
    image = made.imagined("etc/passwd", config={"User": user, "Cmd": ["/app"]}, texts=USERS)
    with pytest.raises(DependentError, match=why):
        running.works_as_another_user_than_root(image, SideEffects((), (), (), (), (("/app", uid),)))


def test_an_entrypoints_text_is_read_from_its_layer(made):
    text = b'#!/bin/sh\nexec gosu postgres "$@"\n'
    image = made.facts(made.tar((SCRIPT, text, {"mode": 0o755})), config={"Entrypoint": ["docker-entrypoint.sh"]})
    assert stepping_down.how(image) == f"/{SCRIPT} hands over with gosu"
    assert accounts.user(image).uid == 0


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("libcuda.so.1", True),
        ("libnvidia-ml.so.1", True),
        ("libnvcuvid.so.1", True),
        ("libcudart.so.12", False),
        ("libcublas.so.12", False),
        ("libc.so.6", False),
    ],
)
def test_a_drivers_libraries_come_with_the_host(name, given):
    assert bool(linking.GIVEN_BY_THE_RUNTIME.fullmatch(name)) == given


def test_waste_is_told_of_what_matters_and_of_what_its_image_can_mend(made):
    large, small = b"x" * 2_000_000, b"x" * 9
    steps = ["COPY", "RUN chown", 'CMD ["bash"]', "COPY", "RUN setcap", 'CMD ["app"]']
    image = made.facts(
        made.tar(("usr/a", large)),
        made.tar(("usr/a", large)),
        made.tar(("app", large), ("etc/status", small)),
        made.tar(("app", large), ("etc/status", small)),
        history=history(steps),
    )
    (found,) = size.wastes_few_bytes(image, base.of(image, ["COPY", "RUN", "CMD"], "x"))
    assert found.place.endswith(" /app")
    assert "2.00 MB of 8.00 MB weigh unseen" in found.fix
    assert len(size.wastes_few_bytes(image, base.Base())) == 2
