"""A secret is readable in the step that mounts it, and absent from everything that stays."""

import secrets

import pytest

from plimsoll.facts.image import image


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "token"
    file.write_text(secrets.token_hex(32))
    return file


@pytest.mark.parametrize("target", ["build", ""])
def test_a_secret_is_readable_in_its_step_and_absent_afterwards(build_image, secret, target):
    options = ["--no-cache", f"--target={target}", f"--secret=id=token,src={secret}"]
    name = build_image(*options, ".")
    kept = list(image.contents(name))
    assert [content.strip() for path, content in kept if path == "length"] == [b"64"], "the step did not read it"
    found = [path for path, content in kept if secret.read_bytes() in content]
    assert found == []
    assert not [path for path, _ in kept if path.startswith("run/secrets/")]


def test_without_the_secret_there_is_no_build(docker_build):
    record = docker_build("--no-cache", "--output=type=cacheonly", ".")
    assert record.code != 0
    assert "secret token: not found" in record.failure
