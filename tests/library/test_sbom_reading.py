"""What an SBOM of anybody names: packages, and the files that it knows of any."""

import pytest

from plimsoll.facts.image import sboms

ROOT = {"SPDXID": "SPDXRef-Root", "name": "image"}
ZLIB = {"SPDXID": "SPDXRef-Zlib", "name": "zlib"}
FILES = [{"SPDXID": f"SPDXRef-{name}", "fileName": name} for name in ("usr/lib/libz.so.1", "./app")]
DESCRIBES = ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Root")


def spdx(*relations, packages=(ROOT, ZLIB), files=FILES):
    keys = ("spdxElementId", "relationshipType", "relatedSpdxElement")
    relations = [dict(zip(keys, each, strict=True)) for each in (DESCRIBES, *relations)]
    return {"packages": list(packages), "files": list(files), "relationships": relations}


def test_a_file_is_of_the_package_that_contains_it():
    found = sboms.read([spdx(("SPDXRef-Zlib", "CONTAINS", "SPDXRef-usr/lib/libz.so.1"))])
    assert found.packages == 1
    assert found.names("/lib/libz.so.1")
    assert found.names("usr/lib/libz.so.1")
    assert not found.names("app")


@pytest.mark.parametrize(
    "said",
    [
        spdx(("SPDXRef-./app", "OTHER", "SPDXRef-Zlib")),
        spdx(packages=[ROOT, ZLIB | {"hasFiles": ["SPDXRef-./app"]}]),
        spdx(packages=[ROOT, ZLIB | {"sourceInfo": "acquired package info from go module information: /app"}]),
        {"components": [{"type": "library", "properties": [{"name": "syft:location:0:path", "value": "/app"}]}]},
        {"components": [{"type": "library", "evidence": {"occurrences": [{"location": "/app"}]}}]},
        {"components": [{"type": "application", "components": [{"type": "file", "name": "/app"}]}]},
    ],
    ids=["evident by it", "has files", "source in words", "location", "occurrence", "file in it"],
)
def test_it_is_told_in_other_words(said):
    assert sboms.read([said]).names("app")


def test_the_image_itself_is_no_package_of_anything():
    found = sboms.read([spdx(("SPDXRef-Root", "CONTAINS", "SPDXRef-./app"))])
    assert not found.names("app")
    assert found.lists_files


def test_a_file_by_itself_is_no_package():
    found = sboms.read([{"components": [{"type": "file", "name": "/app"}]}])
    assert (found.packages, found.names("app")) == (0, False)


def test_packages_alone_say_nothing_of_files():
    assert not sboms.read([spdx(files=[])]).lists_files
    assert sboms.read([spdx()]).lists_files


@pytest.mark.parametrize(
    "damaged", [{}, {"packages": "x", "files": [1], "relationships": [None]}, {"components": [{"evidence": []}, 7]}]
)
def test_what_is_none_names_nothing(damaged):
    assert sboms.read([damaged]).packages <= 1
    assert not sboms.read([damaged]).names("app")


def test_several_are_one():
    one = spdx(("SPDXRef-Zlib", "CONTAINS", "SPDXRef-./app"))
    assert sboms.read([spdx(), one]).names("app")
