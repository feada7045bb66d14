"""GitHub's action docker/metadata-action names images by a bake file of its own: ours let it."""

import json
import subprocess

import pytest

from workshop.root import ROOT

WRITTEN = {
    "tags": ["registry.example/own/go-gin:1.4.2", "registry.example/own/go-gin:1.4"],
    "labels": {"org.opencontainers.image.version": "1.4.2"},
    "annotations": ["index:org.opencontainers.image.version=1.4.2"],
    "args": {"DOCKER_META_VERSION": "1.4.2"},
}
"""What it writes of its target, as its README shows it."""


@pytest.fixture
def planned(tmp_path):
    """What bake would build with the target as a file beside ours has it."""

    def planned(target):
        file = tmp_path / "metadata.json"
        file.write_text(json.dumps({"target": {"docker-metadata-action": target}}))
        words = ["docker", "buildx", "bake", "--file=docker-bake.hcl", f"--file={file}", "--print", "go-gin-prod"]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["target"]["go-gin-prod"]

    return planned


def test_without_it_an_image_has_our_name(planned):
    assert planned({})["tags"] == ["plimsoll/go-gin:prod"]


def test_what_it_writes_takes_the_place_of_our_name_and_adds_to_the_rest(planned):
    own, made = planned({}), planned(WRITTEN)
    assert made["tags"] == WRITTEN["tags"]
    assert made["labels"] == WRITTEN["labels"]
    assert made["annotations"] == WRITTEN["annotations"]
    assert made["args"] == {**own["args"], **WRITTEN["args"]}
    assert (made["context"], made["target"]) == (own["context"], own["target"])
