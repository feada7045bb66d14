"""File capabilities: read from the layers, and told where they keep a program from starting."""

import pytest

from plimsoll.facts.image import capabilities
from plimsoll.rules.image.starting import starts_without_capabilities

LOW_PORTS = bytes.fromhex("0100000200040000" + 12 * "00")
"""cap_net_bind_service=ep"""


def image(made, kept=LOW_PORTS, path="usr/bin/app", **config):
    headers = {capabilities.ATTRIBUTE: kept.decode("utf-8", "surrogateescape")} if kept else {}
    layer = made.tar((path, b"\x7fELF", {"mode": 0o755, "pax_headers": headers}))
    return made.facts(layer, config={"Entrypoint": ["app"], **config})


@pytest.mark.parametrize(
    ("kept", "names", "effective"),
    [
        (LOW_PORTS, ("cap_net_bind_service",), True),
        (bytes.fromhex("0000000200040000" + 12 * "00"), ("cap_net_bind_service",), False),
        (bytes.fromhex("0100000300300000000000008000000000000000e8030000"), None, True),
        (bytes.fromhex("010000010004000000000000"), ("cap_net_bind_service",), True),
        (bytes.fromhex("0100000200200000000000004000000000000000"), ("cap_net_raw", "cap_perfmon"), True),
    ],
)
def test_the_kernels_form_is_read(kept, names, effective):
    read = capabilities.read(kept)
    assert read.effective is effective
    assert read.names == (names or ("cap_net_admin", "cap_net_raw", "cap_bpf"))


@pytest.mark.parametrize("kept", [b"", b"\x01", 20 * b"\0", b"\x01\0\0\x02\0\4"])
def test_what_is_none_or_damaged_is_none(kept):
    assert capabilities.read(kept) is None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, 1),
        ({"ExposedPorts": {"8080/tcp": {}}}, 1),
        ({"ExposedPorts": {"80/tcp": {}}}, 0),
        ({"kept": b""}, 0),
        ({"kept": bytes.fromhex("0000000200040000" + 12 * "00")}, 0),
        ({"kept": bytes.fromhex("0100000200100000" + 12 * "00"), "ExposedPorts": {"80/tcp": {}}}, 1),
        ({"path": "usr/bin/ping"}, 0),
        ({"Entrypoint": ["/bin/sh", "-c", "exec app --x"]}, 1),
        ({"Entrypoint": ["/other"], "Healthcheck": {"Test": ["CMD", "/usr/bin/app", "probe"]}}, 1),
        ({"Entrypoint": ["/other"]}, 0),
    ],
)
def test_a_program_that_can_not_start_without_them_is_found(made, given, found):
    assert len(starts_without_capabilities(image(made, **given))) == found


def test_the_file_and_the_capability_are_named(made):
    (finding,) = starts_without_capabilities(image(made))
    assert finding.place == "/usr/bin/app"
    assert "cap_net_bind_service" in finding.found
