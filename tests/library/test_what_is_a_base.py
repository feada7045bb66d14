"""What is there to be built on is told from what is there to be run: by its command, or by an official name."""

import pytest

from plimsoll.commands import bases
from plimsoll.facts.image.image import Image
from workshop.bases import repositories


def _image(name, *command):
    return Image(name=name, id="", document={"config": {"Entrypoint": None, "Cmd": list(command)}}, layers=[])


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("bash",),
        ("/bin/sh",),
        ("python3",),
        ("docker-entrypoint.sh", "node"),
        ("docker-php-entrypoint", "php", "-a"),
        ("/__cacert_entrypoint.sh", "jshell"),
        ("/nodejs/bin/node",),
        ("/usr/bin/java", "-jar"),
    ],
    ids=" ".join,
)
def test_what_waits_for_somebody_to_type_is_a_base(command):
    assert bases.is_one(_image("somebody/tools:1", *command))


@pytest.mark.parametrize(
    "command",
    [
        ("nginx", "-g", "daemon off;"),
        ("docker-entrypoint.sh", "postgres"),
        ("docker-entrypoint.sh", "node", "server.js"),
        ("docker-entrypoint.sh",),
        ("python3", "-m", "http.server"),
        ("sh", "-c", "exec server"),
        ("java", "-jar", "app.jar"),
    ],
    ids=" ".join,
)
def test_what_runs_a_program_is_none(command):
    assert not bases.is_one(_image("somebody/app:1", *command))


@pytest.mark.parametrize(
    "name", ["nginx", "nginx:1.28-trixie", "library/redis:8", "mirror.example/library/postgres:17", "valkey:8"]
)
def test_an_official_image_is_one_whatever_it_runs(name):
    assert bases.is_one(_image(name, "docker-entrypoint.sh", "server"))


@pytest.mark.parametrize(
    "name", ["somebody/nginx:1.28", "registry.example/nginx", "registry.example/team/redis:8", "shop"]
)
def test_somebodys_own_of_an_official_name_is_none(name):
    assert not bases.is_one(_image(name, "docker-entrypoint.sh", "server"))


def test_every_stand_in_has_an_official_name():
    assert repositories() <= bases.OFFICIAL
