"""What is signed is a digest: a tag verifies while it leads there, and not once it is moved; no other key verifies."""

import json
import os
import shutil
import subprocess

import pytest

COSIGN = "cosign"
NO_LOG = {"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json", "rekorTlogConfig": {}, "tsaConfig": {}}
"""A signing configuration without a log in public: a test has nobody to tell."""


@pytest.fixture
def cosign(tmp_path):
    """Runs cosign in a folder of its own, with keys whose passphrase is empty; whether it is content."""
    if not shutil.which(COSIGN):
        pytest.skip(f"there is no `{COSIGN}` here, which signs")
    (tmp_path / "signing.json").write_text(json.dumps(NO_LOG))

    def run(*arguments):
        environment = {**os.environ, "COSIGN_PASSWORD": ""}
        done = subprocess.run(
            [COSIGN, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode == 0

    for name in ("cosign", "another"):
        assert run("generate-key-pair", f"--output-key-prefix={name}")
    return run


def test_a_signature_is_of_the_bytes_and_not_of_the_name(cosign, published, create_tag, debians_registry):
    name = f"{debians_registry}/signed"
    signed, other = published(f"{name}:1.4.1"), published(f"{name}:1.4.2", "--build-arg=VERSION=1.4.2")
    assert cosign("sign", "--yes", "--key=cosign.key", "--signing-config=signing.json", f"{name}@{signed}")

    def verifies(image, key="cosign.pub"):
        return cosign("verify", f"--key={key}", "--insecure-ignore-tlog=true", image)

    assert verifies(f"{name}@{signed}")
    assert verifies(f"{name}:1.4.1")
    assert not verifies(f"{name}@{signed}", "another.pub")
    assert not verifies(f"{name}:1.4.2")
    create_tag(f"{name}:1.4.1", f"{name}@{other}")
    assert not verifies(f"{name}:1.4.1"), "a tag that was moved verifies what it led to before"
    assert verifies(f"{name}@{signed}")
