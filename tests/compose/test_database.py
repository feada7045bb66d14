"""The widgets and their database: what is acknowledged stays, and only the API gets at it."""

import base64
import concurrent.futures
import json
import time

import pytest
import requests

from plimsoll import engine
from plimsoll.facts.image import image
from plimsoll.facts.run import container
from tests.compose.conftest import eventually

pytestmark = [pytest.mark.xdist_group("compose"), pytest.mark.app("widgets")]

QUICKLY = 3.0
"""Seconds in which the API must say that it has no database."""

NO_RESPONSE = 2
"""What `pg_isready` ends with where no PostgreSQL server answers, whoever else may."""


def add(system, name):
    return requests.post(f"{system.widgets}/widgets", json={"name": name, "description": "made by a test"}, timeout=5)


def names(system):
    """The names of all widgets, page by page."""
    found, offset = set(), 0
    while page := requests.get(f"{system.widgets}/widgets", params={"limit": 100, "offset": offset}, timeout=5).json():
        found |= {row["name"] for row in page}
        offset += len(page)
    return found


def ready(system):
    return requests.get(f"{system.widgets}/readyz", timeout=5).status_code == 200


def password(system):
    return system.compose("exec", "-T", "db", "cat", "/run/secrets/postgres-password").strip()


def containers(system):
    return system.compose("ps", "--all", "--quiet").split()


def test_rows_survive_down_and_up(system_with_database):
    system = system_with_database
    assert add(system, "survivor").status_code == 201
    system.down()
    system.up("widgets")
    assert "survivor" in names(system)


def test_only_down_with_volumes_removes_the_rows(system_with_database):
    system = system_with_database
    assert add(system, "lost").status_code == 201
    system.down("--volumes")
    system.up("widgets")
    assert "lost" not in names(system)


def test_killing_the_database_loses_no_acknowledged_row(system_with_database):
    """What the API answered with 201 is there after `kill -9` in the middle of writes."""
    system = system_with_database
    acknowledged = []

    def write(writer):
        for number in range(200):
            try:
                answer = add(system, f"row-{writer}-{number}")
            except requests.RequestException:
                return
            if answer.status_code != 201:
                return
            acknowledged.append(f"row-{writer}-{number}")

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, writer) for writer in range(4)]
        assert eventually(lambda: len(acknowledged) >= 40)
        system.compose("kill", "--signal=KILL", "db")
        concurrent.futures.wait(writers)
    assert len(acknowledged) < 800, "every write was over before the database was killed: this shows nothing"
    system.up("db")
    assert eventually(lambda: ready(system)), "the API did not come back"
    assert set(acknowledged) <= names(system)


def test_without_its_database_the_api_says_503_quickly_and_recovers_by_itself(system_with_database):
    system = system_with_database
    (api,) = system.compose("ps", "--quiet", "widgets").split()
    started = engine.client().containers.get(api).attrs["State"]["StartedAt"]
    system.compose("stop", "--timeout=5", "db")
    for _ in range(3):
        begun = time.monotonic()
        answer = requests.get(f"{system.widgets}/widgets", timeout=10)
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert time.monotonic() - begun < QUICKLY
    assert requests.get(f"{system.widgets}/healthz", timeout=5).status_code == 200
    system.up("db")
    assert eventually(lambda: ready(system)), "the API did not come back"
    assert engine.client().containers.get(api).attrs["State"]["StartedAt"] == started, "the API was restarted"


def test_the_database_is_not_reached_from_the_engines_machine(system_with_database):
    """In that machine's own network: from elsewhere its address means nothing, or somebody else."""
    (db,) = system_with_database.compose("ps", "--quiet", "db").split()
    attributes = engine.client().containers.get(db).attrs
    assert not any(attributes["NetworkSettings"]["Ports"].values()), "the database is published"
    for network in attributes["NetworkSettings"]["Networks"].values():
        ask = ["pg_isready", "--timeout=2", f"--host={network['IPAddress']}"]
        with container.started("postgres:17-trixie", command=ask, network_mode="host") as outside:
            assert outside.wait(timeout=20) == NO_RESPONSE, outside.logs()


def test_the_database_is_reached_from_its_network_and_from_no_other(system_with_database):
    system = system_with_database
    (db,) = system.compose("ps", "--quiet", "db").split()
    ((name, network),) = engine.client().containers.get(db).attrs["NetworkSettings"]["Networks"].items()
    ask = ["pg_isready", "--timeout=2", f"--host={network['IPAddress']}"]
    with container.started("postgres:17-trixie", command=ask, network=name) as inside:
        assert inside.wait(timeout=20) == 0, inside.logs()
    with container.started("postgres:17-trixie", command=ask, network=f"{system.project}_front") as outside:
        assert outside.wait(timeout=20) == NO_RESPONSE, outside.logs()


def test_the_password_is_in_no_environment_image_layer_or_history(system_with_database):
    system = system_with_database
    secret = password(system)
    assert len(secret) >= 24
    forms = [secret, base64.b64encode(secret.encode()).decode().rstrip("="), secret.encode().hex()]
    images = set()
    for name in containers(system):
        attributes = engine.client().containers.get(name).attrs
        images.add(attributes["Image"])
        assert not [form for form in forms if form in json.dumps(attributes)], f"{attributes['Name']} carries it"
        assert secret not in engine.client().containers.get(name).logs().decode(errors="replace")
    assert images
    for name in images:
        for path, content in image.contents(name):
            assert not [form for form in forms if form.encode() in content], f"{name} holds it in {path}"
