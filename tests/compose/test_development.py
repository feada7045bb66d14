"""`docker compose up`: a working system to develop on."""

import json

import pytest
import requests

pytestmark = pytest.mark.xdist_group("compose")


def test_the_system_answers_at_its_one_address(development):
    assert requests.get(f"{development.url}/ping", timeout=5).json() == {"message": "pong"}


def test_every_service_is_healthy(development):
    rows = [json.loads(line) for line in development.compose("ps", "--format=json").splitlines()]
    assert {row["Service"]: row["Health"] for row in rows} == dict.fromkeys(
        development.configuration()["services"], "healthy"
    )


def test_ports_are_published_on_this_machine_only(development):
    published = [
        port for service in development.configuration()["services"].values() for port in service.get("ports", [])
    ]
    assert published
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}
