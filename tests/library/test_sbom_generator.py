"""Whose a file is, by what a stage tells: each on a small tree of its own."""

import base64
import hashlib
import io
import json
import struct
import zipfile
from datetime import UTC, datetime
from importlib import util

import pytest
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

from workshop.sbom import golang, made, native, own
from workshop.sbom.document import document
from workshop.sbom.explained import Explained
from workshop.sbom.package import Package
from workshop.sbom.tree import Tree

APP = Package("generic", "shop", "1.0")
MODULES = "path\texample.org/shop\nmod\texample.org/shop\t(devel)\t\ndep\texample.com/a\tv1.2.3\th1:x=\n"
REPLACED = "dep\texample.com/b\tv1.0.0\n=>\texample.com/c\tv2.0.0\th1:y=\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
STATUS = """Package: {name}
Status: install ok installed
Architecture: amd64
Source: {name}-src (2.0)
Version: 2.0-1
Conffiles:
 /etc/{name}.conf {sum}

"""


@pytest.fixture
def tree(tmp_path):
    """A tree of files, given as `path=content` or as a mapping."""

    def make(name, files):
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        for path, content in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Tree(root)

    return make


@pytest.fixture
def owners(tree):
    """The package URLs for each file of an image."""

    def of(image, stage=None, context=None):
        stages = [tree("stage", stage)] if stage else []
        explained = Explained(tree("image", image), stages, tree("context", context) if context else None, APP)
        return {path: {each.purl for each in found} for path, found in explained.owners.items()}

    return of


def md5(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def debian(name, files):
    """A stage in which a Debian package has these files."""
    sums = "".join(f"{md5(content)}  {path}\n" for path, content in files.items())
    status = STATUS.format(name=name, sum=md5("setting"))
    told = {"var/lib/dpkg/status": status, f"var/lib/dpkg/info/{name}:amd64.md5sums": sums}
    return {**files, **told, f"etc/{name}.conf": "setting", "etc/os-release": 'ID=debian\nVERSION_ID="13"\n'}


DEB = "pkg:deb/debian/zlib@2.0-1?arch=amd64&distro=debian-13&upstream=zlib-src%402.0"


def test_a_library_is_of_its_debian_package_wherever_its_links_led(owners):
    stage = debian("zlib", {"usr/lib/libz.so.1.3": "library"})
    found = owners({"lib/libz.so.1": "library", "etc/zlib.conf": "setting"}, stage)
    assert found == {"lib/libz.so.1": {DEB}, "etc/zlib.conf": {DEB}}


def test_a_file_that_was_changed_is_no_longer_its_package_s(owners):
    stage = debian("zlib", {"usr/lib/libz.so.1.3": "library"}) | {"usr/lib/libz.so.1.3": "changed"}
    found = owners({"usr/lib/libz.so.1.3": "changed", "etc/zlib.conf": "changed"}, stage)
    assert found == {"usr/lib/libz.so.1.3": set(), "etc/zlib.conf": set()}


def test_a_file_without_content_is_known_by_its_path_alone(owners):
    stage = debian("zlib", {"usr/share/zlib/__init__.py": ""})
    found = owners({"app/__init__.py": "", "usr/share/zlib/__init__.py": ""}, stage, {"shop/app/__init__.py": ""})
    assert found == {"app/__init__.py": {APP.purl}, "usr/share/zlib/__init__.py": {DEB}}


def python(files):
    """A stage with CPython, and a distribution that has these files."""
    packages = "usr/local/lib/python3.13/site-packages"

    def row(path, content):
        total = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).decode().rstrip("=")
        return f"{path},sha256={total},{len(content)}\n"

    record = "".join(row(path, content) for path, content in files.items()) + "flask-3.1.dist-info/RECORD,,\n"
    return {
        "usr/local/include/python3.13/patchlevel.h": '#define PY_VERSION "3.13.5"\n',
        "usr/local/bin/python3.13": "program",
        "usr/local/lib/python3.13/os.py": "os",
        f"{packages}/flask-3.1.dist-info/RECORD": record,
        f"{packages}/flask-3.1.dist-info/METADATA": "Name: Flask\nVersion: 3.1\n\nWords\n",
        **{f"{packages}/{path}": content for path, content in files.items()},
    }


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def byte_code(source):
    return util.MAGIC_NUMBER + b"\1\0\0\0" + util.source_hash(source) + b"code"


def test_a_zip_is_of_all_packages_of_its_members(owners):
    archive = zipped({"os.py": "os", "flask/app.py": "app", "flask/app.pyc": byte_code(b"app")})
    image = {"usr/local/lib/python313.zip": archive, "usr/local/bin/python3.13": "program"}
    found = owners(image, python({"flask/app.py": "app"}))
    assert found["usr/local/lib/python313.zip"] == {"pkg:pypi/flask@3.1", "pkg:generic/python@3.13.5"}
    assert found["usr/local/bin/python3.13"] == {"pkg:generic/python@3.13.5"}


@pytest.mark.parametrize(
    "more",
    [{"by_hand.py": "x"}, {"flask/app.py": "changed"}, {"flask/app.pyc": byte_code(b"other")}],
    ids=["a member of nobody", "a member that was changed", "byte code of another source"],
)
def test_a_zip_with_one_member_of_nobody_is_of_none(owners, more):
    archive = zipped({"os.py": "os", "flask/app.py": "app"} | more)
    assert owners({"x.zip": archive}, python({"flask/app.py": "app"})) == {"x.zip": set()}


def test_byte_code_is_of_the_package_of_its_source(owners):
    folder = "usr/local/lib/python3.13/site-packages/flask"
    image = {
        f"{folder}/app.py": "app",
        f"{folder}/__pycache__/app.cpython-313.pyc": byte_code(b"app"),
        f"{folder}/__pycache__/gone.cpython-313.pyc": byte_code(b"gone"),
    }
    found = owners(image, python({"flask/app.py": "app"}))
    assert found == {
        f"{folder}/__pycache__/app.cpython-313.pyc": {"pkg:pypi/flask@3.1"},
        f"{folder}/__pycache__/gone.cpython-313.pyc": set(),
        f"{folder}/app.py": {"pkg:pypi/flask@3.1"},
    }


def number(text):
    length, found = len(text), b""
    while length >= 0x80:
        found += bytes([length & 0x7F | 0x80])
        length >>= 7
    return found + bytes([length]) + text


def go_program(told):
    inside = b"s" * 16 + told.encode() + b"e" * 16
    return b"\x7fELF" + bytes(12) + golang.MAGIC + b"\x08\x02" + bytes(16) + number(b"go1.26.3") + number(inside)


def test_a_go_program_tells_its_modules():
    main, linked = golang.linked(go_program(MODULES + REPLACED))
    assert main.name == "example.org/shop"
    assert {each.purl for each in linked} == {
        "pkg:golang/example.com/a@v1.2.3",
        "pkg:golang/example.com/c@v2.0.0",
        "pkg:golang/stdlib@1.26.3",
    }
    assert golang.linked(b"\x7fELF" + bytes(500)) is None


def test_a_crate_is_linked_if_a_library_was_made_of_it(tree):
    registry = "/usr/local/cargo/registry/src/index-1/"
    files = {
        "src/target/release/probe": "program",
        "src/target/release/probe.d": "/src/target/release/probe: /src/src/main.rs\n",
        "src/src/main.rs": "main",
        "src/target/release/deps/a-1.d": f"/t/liba-1.rlib: {registry}a-b-1.2.3/src/lib.rs\n",
        "src/target/release/deps/m-1.d": f"/t/libm-1.so: {registry}macros-1.0.0/src/lib.rs\n",
        "src/target/.rustc_info.json": json.dumps({"outputs": {"1": {"stdout": "rustc 1.96.1 (abc 2026)"}}}),
        "src/Cargo.lock": '[[package]]\nname = "a-b"\nversion = "1.2.3"\nchecksum = "00"\n',
    }
    explained = Explained(tree("i", {"probe": "program"}), [tree("s", files)], tree("c", {"src/main.rs": "main"}), APP)
    assert explained.owners == {"probe": {APP}}
    assert {each.purl for each in explained.linked[APP]} == {"pkg:cargo/a-b@1.2.3", "pkg:generic/rust@1.96.1"}
    assert [each.sha256 for each in explained.packages if each.name == "a-b"] == ["00"]


BUNDLE = {
    "src/dist/main.js": "bundle",
    "src/dist/main.js.gz": "packed",
    "src/node_modules/@a/b/index.js": "index",
    "src/node_modules/@a/b/package.json": '{"name": "@a/b", "version": "2.0.0", "license": "MIT"}',
    "src/client/main.ts": "main",
}


def test_a_bundle_is_of_all_that_its_rule_names(owners):
    told = {"src/x.d": "dist/main.js: client/main.ts node_modules/@a/b/index.js\ndist/main.js.gz: dist/main.js\n"}
    found = owners({"main.js": "bundle", "main.js.gz": "packed"}, BUNDLE | told, {"client/main.ts": "main"})
    both = {"pkg:npm/%40a/b@2.0.0", APP.purl}
    assert found == {"main.js": both, "main.js.gz": both}


def test_a_bundle_of_something_that_is_of_nobody_is_of_none(owners):
    told = {"src/x.d": "dist/main.js: client/main.ts generated.ts\n", "src/generated.ts": "made"}
    assert owners({"main.js": "bundle"}, BUNDLE | told, {"client/main.ts": "main"}) == {"main.js": set()}
    assert owners({"main.js": "bundle"}, BUNDLE, {"client/main.ts": "main"}) == {"main.js": set()}


def test_rules_go_on_over_lines_and_may_name_what_has_blanks():
    assert made.rules("a b: c\\\n d\n# no: rule\ne: f\\ g\n") == [(["a", "b"], ["c", "d"]), (["e"], ["f g"])]


def test_a_rule_that_names_itself_ends(owners):
    told = {"src/x.d": "dist/main.js: dist/main.js.gz\ndist/main.js.gz: dist/main.js\n"}
    assert owners({"main.js": "bundle"}, BUNDLE | told) == {"main.js": set()}


def test_a_bundle_of_certificates_is_of_whoever_brought_each(owners):
    one, two, three = (CERTIFICATE.format(each) for each in ("AAAA", "BBBB", "CCCC"))
    stage = debian("ca-certificates", {"usr/share/ca-certificates/one.crt": one})
    stage |= {"usr/local/share/ca-certificates/two.crt": two}
    found = owners({"known.crt": one + two, "unknown.crt": one + three}, stage)
    assert {purl.partition("@")[0] for purl in found["known.crt"]} == {
        "pkg:deb/debian/ca-certificates",
        "pkg:generic/certificate-authorities-of-this-machine",
    }
    assert found["unknown.crt"] == set()


def static_program(note_kind):
    note = struct.pack("<III", 4, 16, note_kind) + b"GNU\0" + bytes(16)
    header = native.MAGIC + bytes(26) + struct.pack("<Q", 64) + bytes(14) + struct.pack("<HH", 56, 1) + bytes(6)
    return header + struct.pack("<IIQQQQ", 4, 4, 120, 0, 0, len(note)) + bytes(16) + note


def test_glibc_is_known_by_its_note():
    assert native.is_static_glibc(static_program(1))
    assert not native.is_static_glibc(static_program(3))
    assert not native.is_static_glibc(b"#!/bin/sh\n")


@pytest.mark.parametrize(
    ("context", "purl"),
    [
        ({"go.mod": "module example.org/shop\n"}, "pkg:golang/example.org/shop@1.0"),
        ({"Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\n'}, "pkg:cargo/shop@1.0"),
        ({"package.json": '{"name": "shop"}'}, "pkg:npm/shop@1.0"),
        ({"main.py": ""}, "pkg:generic/told@1.0"),
    ],
)
def test_the_app_is_called_as_its_manifest_calls_it(tree, context, purl):
    assert own.package(tree("context", context), "told", "1.0").purl == purl


def test_the_document_is_valid_and_says_what_was_found(tree):
    image = tree("image", {"usr/lib/libz.so.1.3": "library", "by-hand": "x", "app": go_program(MODULES)})
    stage = tree("stage", debian("zlib", {"usr/lib/libz.so.1.3": "library"}))
    explained = Explained(image, [stage], None, APP)
    made_ = document(explained, datetime(2026, 1, 1, tzinfo=UTC))
    assert validate_full_spdx_document(made_) == []
    written = io.StringIO()
    write_document_to_stream(made_, written, validate=False)
    read = JsonLikeDictParser().parse(json.loads(written.getvalue()))
    names = {each.spdx_id: each.name for each in [*read.packages, *read.files]}
    kinds = {"CONTAINS", "STATIC_LINK"}
    rows = {
        (names[each.spdx_element_id], each.relationship_type.name, names[each.related_spdx_element_id])
        for each in read.relationships
        if each.relationship_type.name in kinds and each.spdx_element_id != "SPDXRef-Image"
    }
    assert rows == {
        ("debian/zlib", "CONTAINS", "./usr/lib/libz.so.1.3"),
        ("example.org/shop", "CONTAINS", "./app"),
        ("example.org/shop", "STATIC_LINK", "stdlib"),
        ("example.org/shop", "STATIC_LINK", "example.com/a"),
    }
    assert "./by-hand" in names.values()
