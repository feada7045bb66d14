"""Facts about an image: its configuration, its layers, and the files that a container would see."""

from __future__ import annotations

import functools
import json
import posixpath
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, cast

from docker.errors import ImageNotFound

from plimsoll import engine, layer
from plimsoll.app import BUILD
from plimsoll.errors import PlimsollError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docker.models.images import Image as DockerImage

    from plimsoll.elf import Elf
    from plimsoll.layer import Entry, Layer

LAYERS = BUILD / "layers"
IMAGES = BUILD / "images"
LONGEST_LINK_CHAIN = 40
"""As many symbolic links as Linux itself follows."""


@dataclass
class Image:
    """One image.

    Attributes:
        name: as it was asked for.
        id: the engine's identity of it.
        document: its configuration as stored (OCI image configuration).
        layers: lowest first.

    """

    name: str
    id: str
    document: dict[str, Any]
    layers: list[Layer] = field(default_factory=list)

    @property
    def config(self) -> dict[str, Any]:
        """What a container of it is started with: `User`, `Entrypoint`, `Cmd`, `Env`, ..."""
        return cast("dict[str, Any]", self.document.get("config") or {})

    @property
    def architecture(self) -> str:
        """The processor it says it is for."""
        return str(self.document.get("architecture", ""))

    @property
    def user(self) -> str:
        """The user it runs as, as written; empty means root."""
        return str(self.config.get("User") or "")

    @property
    def entrypoint(self) -> list[str]:
        """Its entry point and default arguments in one list."""
        return [*(self.config.get("Entrypoint") or []), *(self.config.get("Cmd") or [])]

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return cast("dict[str, str]", self.config.get("Labels") or {})

    @property
    def ports(self) -> list[int]:
        """The TCP ports that it exposes."""
        exposed = self.config.get("ExposedPorts") or {}
        return sorted(int(port.split("/")[0]) for port in exposed if not port.endswith("/udp"))

    @property
    def environment(self) -> dict[str, str]:
        """Its environment."""
        return dict(entry.split("=", 1) for entry in self.config.get("Env") or [] if "=" in entry)

    @property
    def size(self) -> int:
        """Bytes of the files in all layers, uncompressed."""
        return sum(part.size for part in self.layers)

    @property
    def compressed(self) -> int:
        """Bytes that a registry transfers for its layers."""
        return sum(part.compressed for part in self.layers)

    @cached_property
    def files(self) -> dict[str, tuple[Entry, Layer]]:
        """What a container sees, by path, each with the layer that it comes from."""
        seen: dict[str, tuple[Entry, Layer]] = {}
        for part in self.layers:
            deleted, emptied = set(part.deleted), set(part.emptied)
            if deleted or emptied:
                for path in list(seen):
                    if _under(path, deleted) or _under(posixpath.dirname(path), emptied):
                        del seen[path]
            for entry in part.entries:
                seen[entry.path] = (entry, part)
        return seen

    def find(self, path: str) -> Entry | None:
        """The entry that a path leads to inside the image, links followed; None where there is none."""
        return self._walk(layer.clean(path))

    def elf(self, path: str) -> Elf | None:
        """Link facts of the program that a path leads to, None where it is none."""
        entry = self.find(path)
        if entry is None:
            return None
        if entry.kind == "hardlink":
            return self.elf(entry.link)
        return self.files[entry.path][1].elves.get(entry.path)

    @property
    def programs(self) -> dict[str, Elf]:
        """Link facts of every ELF file that a container sees, by path."""
        return {path: part.elves[path] for path, (_, part) in self.files.items() if path in part.elves}

    def text(self, path: str) -> str:
        """Content of one of the small files in `layer.TEXTS`, empty where the image has none."""
        entry = self.find(path)
        return self.files[entry.path][1].texts.get(entry.path, "") if entry else ""

    def _walk(self, path: str) -> Entry | None:
        """Resolve a path one component at a time, as the kernel does, so that linked directories are followed."""
        rest = path.split("/")
        resolved = ""
        for _ in range(LONGEST_LINK_CHAIN * 16):
            if not rest:
                found = self.files.get(resolved)
                return found[0] if found else None
            head, *rest = rest
            resolved = layer.clean(posixpath.join(resolved, head))
            found = self.files.get(resolved)
            if found is None and not rest:
                return None
            if found and found[0].kind == "symlink":
                target = posixpath.join(posixpath.dirname("/" + resolved), found[0].link)
                rest = [part for part in layer.clean(target).split("/") if part] + rest
                resolved = ""
        return None


def _under(path: str, parents: set[str]) -> bool:
    while path:
        if path in parents:
            return True
        path = posixpath.dirname(path)
    return False


@functools.cache
def read(name: str) -> Image:
    """Facts about an image that the engine has, gathered once in a process.

    Raises:
        PlimsollError: the engine has no image of that name.

    """
    found = _found(name)
    kept = IMAGES / f"{found.id}.json"
    image = _remembered(kept, name)
    if image is None:
        with _saved(found) as archive:
            image = from_archive(archive, name, str(found.id))
        _folder(IMAGES)
        layers = [part.digest for part in image.layers]
        kept.write_text(json.dumps({"id": image.id, "document": image.document, "layers": layers}))
    return image


def _found(name: str) -> DockerImage:
    try:
        return engine.client().images.get(name)
    except ImageNotFound as error:
        raise PlimsollError(f"there is no image {name} here", "build it with `make test`, or pull it") from error


@contextmanager
def _saved(image: DockerImage) -> Iterator[IO[bytes]]:
    """The archive of an image as `docker save` writes it, on disk for as long as the block lasts."""
    with tempfile.TemporaryFile(dir=_folder(BUILD / "tmp")) as archive:
        for chunk in image.save(chunk_size=1 << 20):
            archive.write(chunk)
        archive.seek(0)
        yield cast("IO[bytes]", archive)


def _remembered(kept: Path, name: str) -> Image | None:
    """The facts of an image that an earlier process gathered, None where any part of them is gone."""
    if not kept.exists():
        return None
    document = json.loads(kept.read_text())
    layers = [layer.kept(digest, LAYERS) for digest in document["layers"]]
    whole = [part for part in layers if part is not None]
    return Image(name, document["id"], document["document"], whole) if len(whole) == len(layers) else None


def from_archive(archive: IO[bytes], name: str, identity: str = "") -> Image:
    """Facts about the image in an archive as `docker save` writes it.

    Raises:
        PlimsollError: the archive holds no image.

    """
    with tarfile.open(fileobj=archive) as files:
        try:
            manifest = json.load(_member(files, "manifest.json"))[0]
            document = json.load(_member(files, manifest["Config"]))
        except (KeyError, ValueError, IndexError) as error:
            raise PlimsollError(f"the archive of {name} holds no image", "make it with `docker save`") from error
        image = Image(name, identity, document)
        for path in manifest["Layers"] or []:
            known = layer.kept(path, LAYERS)
            if known is None:
                known = layer.read(path, _member(files, path), files.getmember(path).size)
                layer.keep(known, LAYERS)
            image.layers.append(known)
    return image


def contents(name: str) -> Iterator[tuple[str, bytes]]:
    """Every file of every layer, deleted ones too, and the configuration and manifest: path and content.

    Raises:
        PlimsollError: the engine has no image of that name.

    """
    with _saved(_found(name)) as archive, tarfile.open(fileobj=archive) as files:
        manifest = json.load(_member(files, "manifest.json"))[0]
        for path in ("manifest.json", manifest["Config"]):
            yield path, _member(files, path).read()
        for path in manifest["Layers"]:
            with tarfile.open(fileobj=layer.opened(_member(files, path)), mode="r|") as entries:
                for entry in entries:
                    content = entries.extractfile(entry) if entry.isreg() else None
                    if content is not None:
                        yield entry.name, content.read()


def _member(files: tarfile.TarFile, path: str) -> IO[bytes]:
    content = files.extractfile(path)
    if content is None:
        raise KeyError(path)
    return content


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
