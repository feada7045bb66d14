"""The forms in which a secret is looked for."""

import base64

import pytest

from plimsoll.facts.build import canary

CANARY = "u3uWmV0s0bYH4cJkq1X9-not-a-real-one"


@pytest.mark.parametrize("before", ["", "x", "xy", "token: "])
def test_a_secret_is_found_in_base64_wherever_it_begins(before):
    content = base64.b64encode(f"{before}{CANARY} and more".encode())
    assert [form for form, text in canary.forms(CANARY) if text in content] == ["in base64"]


def test_a_secret_is_found_as_it_is_and_in_hexadecimal():
    content = CANARY.encode() + b" " + CANARY.encode().hex().encode()
    assert [form for form, text in canary.forms(CANARY) if text in content] == ["as it is", "in hexadecimal"]


def test_a_broken_gzip_file_is_read_as_far_as_it_goes():
    assert canary.unpacked(b"\x1f\x8bno") == b""
