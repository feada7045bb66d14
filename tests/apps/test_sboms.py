"""The SBOM of each production image names what is in it: nothing less, nothing more, as lock files have it."""

import re
import subprocess
import tomllib
from urllib.parse import unquote

import pytest

from plimsoll import engine
from plimsoll.facts.build import oci
from workshop import bases, inventory, sboms

PRODS = {variant.app: variant for variant in inventory.prods()}


@pytest.fixture(scope="session")
def generator():
    bases.ensure(bases.wanted(PRODS.values()))
    return sboms.ensure_generator()


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[pytest.mark.app(name), pytest.mark.xdist_group("sboms")]) for name in PRODS],
)
def prod(request, generator, tmp_path_factory):  # noqa: ARG001 - it has to be there
    """An app's production image, its archive, and what its SBOM says."""
    variant = PRODS[request.param]
    archive = inventory.written(variant, tmp_path_factory.mktemp("sbom"))
    yield variant, archive, inventory.read(archive, variant.image)
    archive.unlink()


def of_kind(inventory, kind):
    """The packages of a kind, as name and version."""
    found = (re.fullmatch(rf"pkg:{kind}/([^@]+)@([^?]+)(\?.*)?", each) for each in inventory.packages)
    return {(unquote(match[1]), unquote(match[2])) for match in found if match}


def test_every_file_is_of_a_package_that_is_named(prod):
    variant, _, found = prod
    print(
        f"{variant.image}: {len(found.files)} files, {len(found.packages)} packages, {len(found.unexplained)} of none"
    )
    assert found.files
    assert found.unexplained == []
    assert found.absent == []


def test_what_is_named_is_what_the_lock_files_name(prod):
    variant, archive, found = prod
    read = {"go.mod": of_go, "Cargo.lock": of_rust, "requirements.lock": of_python, "package-lock.json": of_node}
    judges = [judge for name, judge in read.items() if (variant.folder / name).exists()]
    assert judges
    for judge in judges:
        judge(variant.folder, archive, found)


def of_go(folder, _, found):
    modules = of_kind(found, "golang")
    assert any(name == "stdlib" for name, _ in modules)
    required = set(re.findall(r"^\s*(?:require )?(\S+\.\S+) (v\S+)", (folder / "go.mod").read_text(), re.MULTILINE))
    linked = {(name, version) for name, version in modules if name != "stdlib"}
    assert linked <= required
    assert bool(linked) == bool(required)


def of_rust(folder, _, found):
    locked = {each["name"]: each["version"] for each in tomllib.loads((folder / "Cargo.lock").read_text())["package"]}
    told = tomllib.loads((folder / "Cargo.toml").read_text())
    # Those need no others; what only tests need is in the lock file too, and not in the program.
    wanted = {*told["dependencies"], told["package"]["name"]}
    assert of_kind(found, "cargo") == {(name, locked[name]) for name in wanted}
    assert [name for name, _ in of_kind(found, "deb")] == ["debian/libc6-dev"]


def of_python(folder, _, found):
    locked = re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", (folder / "requirements.lock").read_text(), re.MULTILINE)
    assert of_kind(found, "pypi") == set(locked)
    assert [name for name, _ in of_kind(found, "generic") if name == "python"] == ["python"]
    assert {"debian/libc6", "debian/ca-certificates", "debian/tzdata"} <= {name for name, _ in of_kind(found, "deb")}


def of_node(_, archive, found):
    """What Vite's own list names, which is in the image, and what came as it is: the fonts of the page."""
    opened = oci.Archive(archive)
    layers = [blob.digest for blob in opened.blobs() if blob.what == "layer"]
    inside = {member.name: content for layer in layers for member, content in opened.files(layer)}
    text = inside["app/server/.vite/license.md"].decode()
    bundled = set(re.findall(r"^## (\S+) - (\S+)", text, re.MULTILINE))
    named = of_kind(found, "npm")
    assert bundled
    assert bundled <= named
    assert {name for name, _ in named - bundled} == {"@fontsource/barlow", "@fontsource/barlow-condensed"}


@pytest.fixture
def built(generator, tmp_path):  # noqa: ARG001
    """What the SBOM says of an image on scratch with these lines, and the file `app.txt` in its context."""

    def build(*lines, shown=True):
        (tmp_path / "app.txt").write_text("what it is about\n")
        shows = "ARG BUILDKIT_SBOM_SCAN_CONTEXT=true\nARG BUILDKIT_SBOM_SCAN_STAGE=true\n" if shown else ""
        stage = "FROM busybox:1.37-musl AS build\nRUN echo by hand > /by-hand\nRUN echo made > /told"
        stage += " && echo '/told: /app.txt' > /told.d\n"
        (tmp_path / "Dockerfile").write_text(f"{shows}{stage}FROM scratch\n" + "\n".join(lines) + "\n")
        archive = tmp_path / "image.tar"
        command = ["docker", "buildx", "build", f"--attest={sboms.attestation('tiny')}"]
        command += [f"--output=type=oci,dest={archive}", str(tmp_path)]
        done = subprocess.run(command, env=engine.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return inventory.read(archive, "tiny")

    return build


def test_a_file_that_is_added_by_hand_is_of_no_package(built):
    found = built("COPY app.txt /", "COPY --from=build /by-hand /")
    assert sorted(found.files) == ["app.txt", "by-hand"]
    assert found.unexplained == ["by-hand"]
    assert found.packages == ["pkg:generic/tiny"]


def test_what_a_build_says_that_it_made_is_the_app_s(built):
    found = built("COPY app.txt /", "COPY --from=build /told /")
    assert found.unexplained == []


def test_without_context_and_stages_nothing_is_known(built):
    found = built("COPY app.txt /", "COPY --from=build /told /", shown=False)
    assert found.unexplained == ["app.txt", "told"]
