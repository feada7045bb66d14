"""Production images for another processor than the engine's: small, static, and at work under emulation."""

import pytest

from plimsoll.facts.image import image, saved
from plimsoll.facts.registry import Depth
from plimsoll.facts.run import container
from workshop import foreign

SLACK = 1.05
"""How much larger than on the engine's own platform an image may be."""
SERVER = ["sh", "-c", "mkdir /www && echo well > /www/index.html && exec httpd -f -p 8080 -h /www"]

PATIENT = {"timeout": 30 * 10**9}
"""The image's own health check, with nanoseconds in which an emulated Python has started, too."""


def programs(facts):
    """The programs of an image, each with its ELF facts."""
    found = ((name, facts.elf(f"/{name}")) for name in facts.files)
    return {name: program for name, program in found if program}


def test_every_program_is_for_it(elsewhere, other):
    facts = image.read(elsewhere.image)
    assert facts.architecture == other
    found = programs(facts)
    assert found
    assert {program.architecture for program in found.values()} == {other}


def test_what_is_promised_to_be_static_is(elsewhere):
    found = programs(image.read(elsewhere.image))
    promised = [name.lstrip("/") for name in elsewhere.expected.static or []]
    assert all(found[name].static for name in promised)


def test_it_is_hardly_larger_and_within_the_same_budget(elsewhere, own):
    size = image.read(elsewhere.image).size
    assert size <= SLACK * image.read(own).size
    assert size <= elsewhere.expected.max_size


def test_the_image_of_the_engines_own_platform_stays(elsewhere, own, other):
    assert image.read(own).architecture != other
    assert own != elsewhere.image


@pytest.mark.usefixtures("emulated")
def test_it_answers_and_turns_healthy_under_emulation(server):
    """Both in one: where there is no emulation, one line says so."""
    options = {"healthcheck": PATIENT, **container.LEAST_PRIVILEGE}
    with container.of(server, server.image, **options) as running:
        running.wait_until_answering()
        for endpoint in server.endpoints:
            assert running.request(endpoint).status == endpoint.status, endpoint.path
        running.wait_until("turned healthy", lambda: running.state()["Health"]["Status"] == "healthy")


@pytest.mark.usefixtures("emulated")
def test_a_command_does_its_work_under_emulation(tool):
    with container.started("busybox:1.37-musl", command=SERVER, port=8080) as asked:
        asked.wait_until_answering()
        for path, code in {"": 0, "nothing": 1}.items():
            near = {"network_mode": f"container:{asked.id}", **container.LEAST_PRIVILEGE}
            with container.started(tool.image, command=[f"http://127.0.0.1:8080/{path}"], **near) as running:
                assert running.wait() == code, running.logs()


def test_rule(rule, subject, keeps, request):
    if rule.depth is Depth.RUN:
        request.getfixturevalue("emulated")
    keeps(rule, subject)


def test_one_index_has_it_for_both_platforms(elsewhere, own, other, tmp_path):
    archive = tmp_path / "index.tar"
    platforms = [f"linux/{each}" for each in (image.read(own).architecture, other)]
    record = foreign.bake_(elsewhere, other, f"output=type=oci,dest={archive}", platforms=platforms)
    assert record.code == 0, record.failure
    for platform in platforms:
        (manifest,) = saved.images(archive, platform)
        facts = saved.read(archive, manifest.number)
        assert str(facts.platform) == platform
        assert {program.architecture for program in programs(facts).values()} == {facts.architecture}
