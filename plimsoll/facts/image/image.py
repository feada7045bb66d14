"""Facts about an image: its configuration, its layers, and the files that a container would see."""

from __future__ import annotations

import functools
import json
import re
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from docker.errors import APIError, ImageNotFound

from plimsoll import caches, engine, whole
from plimsoll.errors import PlimsollError
from plimsoll.facts.image import archive, layer, packages, store, tar, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docker.models.images import Image as DockerImage

    from plimsoll.facts.image.archive import Part
    from plimsoll.facts.image.elf import Elf
    from plimsoll.facts.image.layer import Entry, Layer
    from plimsoll.facts.image.secrets import Secret
    from plimsoll.facts.image.tree import Lost, Tree

LAYERS = "layers"
IMAGES = "images"

PORT = re.compile(r"\b(\d+)(?:/(\w+))?")
"""A port as the history of an image has it: `EXPOSE [80/tcp]`, and `EXPOSE map[80/tcp:{}]` of old."""

INSTRUCTION_OF_OLD = "#(nop) "
"""What the history has before an instruction that ran nothing, where it was not BuildKit that wrote it."""


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
    def health_check(self) -> list[str]:
        """The words of its health check, `CMD` or `CMD-SHELL` first; empty where it has none."""
        words = list((self.config.get("Healthcheck") or {}).get("Test") or [])
        return [] if words[:1] == ["NONE"] else words

    @property
    def directory(self) -> str:
        """The directory it starts in."""
        return str(self.config.get("WorkingDir") or "/")

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return cast("dict[str, str]", self.config.get("Labels") or {})

    @property
    def exposed(self) -> set[str]:
        """The ports that it exposes, such as `8080/tcp`."""
        exposed = self.config.get("ExposedPorts") or {}
        return {port if "/" in port else f"{port}/tcp" for port in exposed}

    @property
    def ports(self) -> list[int]:
        """The TCP ports that it exposes, those first that were said last: nobody can take back what a base says."""
        said = {port: number for number, step in enumerate(self.history) for port in _exposed(step)}
        tcp = [port for port in self.exposed if port.endswith("/tcp") and port[:-4].isdecimal()]
        return [int(port[:-4]) for port in sorted(tcp, key=lambda port: (-said.get(port, -1), int(port[:-4])))]

    @property
    def inherited_ports(self) -> set[str]:
        """The ports that only a base exposes: since then, somebody said what else it runs and which ports that has."""
        said = [(Image.instruction(step).partition(" ")[0], set(_exposed(step))) for step in self.history]
        last = max((number for number, (_, ports) in enumerate(said) if ports), default=0)
        starts = max(
            (number for number, (word, _) in enumerate(said[:last]) if word in {"CMD", "ENTRYPOINT"}), default=0
        )
        own = set().union(*(ports for _, ports in said[starts:]))
        return set().union(*(ports for _, ports in said[:starts])) - own

    @property
    def environment(self) -> dict[str, str]:
        """Its environment."""
        return dict(entry.split("=", 1) for entry in self.config.get("Env") or [] if "=" in entry)

    @property
    def history(self) -> list[dict[str, Any]]:
        """The steps that made it, as it tells them."""
        return [step for step in self.document.get("history") or [] if isinstance(step, dict)]

    @property
    def instructions(self) -> list[str]:
        """The instruction that made each layer; empty where its history does not tell."""
        made = [self.instruction(step) for step in self.history if not step.get("empty_layer")]
        return made if len(made) == len(self.layers) else [""] * len(self.layers)

    @staticmethod
    def instruction(step: dict[str, Any]) -> str:
        """The instruction that a step of the history was."""
        words = str(step.get("created_by") or "").removesuffix(" # buildkit")
        if INSTRUCTION_OF_OLD in words:
            words = words.partition(INSTRUCTION_OF_OLD)[2]
        return " ".join(words.split())

    @property
    def size(self) -> int:
        """Bytes of the files in all layers, uncompressed."""
        return sum(part.size for part in self.layers)

    @property
    def compressed(self) -> int:
        """Bytes that a registry transfers for its layers."""
        return sum(part.compressed for part in self.layers)

    @cached_property
    def tree(self) -> Tree:
        """Its layers put upon each other."""
        return tree.grown(self.layers)

    @property
    def files(self) -> dict[str, tuple[Entry, Layer]]:
        """What a container sees, by path, each with the layer that it comes from."""
        return self.tree.files

    @property
    def lost(self) -> list[Lost]:
        """What every host pulls and no container sees."""
        return self.tree.lost

    @property
    def entries(self) -> Iterator[tuple[Entry, Layer]]:
        """Everything in every layer, also what a later one removes."""
        return ((entry, part) for part in self.layers for entry in part.entries)

    @property
    def secrets(self) -> Iterator[tuple[Layer, Secret]]:
        """The keys and tokens in every layer, but for those that packages brought."""
        return packages.unowned(self.layers)

    def find(self, path: str) -> Entry | None:
        """The entry that a path leads to inside the image, links followed; None where there is none."""
        return self.tree.find(path)

    def elf(self, path: str) -> Elf | None:
        """Link facts of the program that a path leads to, None where it is none."""
        entry = self.find(path)
        if entry is None:
            return None
        origin = self.files[entry.path][1]
        return origin.elves.get(entry.link if entry.kind == "hardlink" else entry.path)

    @property
    def programs(self) -> dict[str, Elf]:
        """Link facts of every ELF file that a container sees, by path."""
        return {path: part.elves[path] for path, (_, part) in self.files.items() if path in part.elves}

    def text(self, path: str) -> str:
        """Content of one of the small files in `layer.TEXTS`, empty where the image has none."""
        entry = self.find(path)
        return self.files[entry.path][1].texts.get(entry.path, "") if entry else ""


def _exposed(step: dict[str, Any]) -> list[str]:
    word, _, ports = Image.instruction(step).partition(" ")
    return [f"{number}/{kind or 'tcp'}" for number, kind in PORT.findall(ports)] if word == "EXPOSE" else []


@functools.cache
def read(name: str) -> Image:
    """Facts about an image that the engine has, gathered once in a process.

    Raises:
        PlimsollError: the engine has no image of that name, or can't give it.

    """
    found = _found(name)
    kept = caches.folder(IMAGES) / f"{found.id}.json"
    image = whole.read(kept, lambda content: _remembered(whole.document(content), name))
    if image is None:
        parts = store.parts(str(found.id))
        if parts is not None:
            image = _from_parts(parts, name, str(found.id))
        else:
            with closing(tar.ahead(_saved(found))) as saved:
                image = _from_parts(archive.parts(saved), name, str(found.id))
        layers = [part.digest for part in image.layers]
        document = {"code": layer.CODE, "id": image.id, "document": image.document, "layers": layers}
        whole.keep(kept, json.dumps(document).encode())
    return image


def _found(name: str) -> DockerImage:
    try:
        return engine.client().images.get(name)
    except ImageNotFound as error:
        raise PlimsollError(f"there is no image {name} here", "build it with `make test`, or pull it") from error
    except APIError as error:
        raise PlimsollError(
            f"the engine knows no image {name!r}, {error.explanation}", "see `docker images`"
        ) from error


def _saved(image: DockerImage) -> Iterator[bytes]:
    """The archive of an image as `docker save` writes it.

    Raises:
        PlimsollError: the engine can't give it.

    """
    try:
        yield from image.save(chunk_size=1 << 20)
    except APIError as error:
        raise PlimsollError(
            f"the engine can't give {image.id}, {error.explanation}", "pull or build the image again"
        ) from error


def _remembered(document: dict[str, Any], name: str) -> Image | None:
    """The facts of an image that an earlier process gathered, None where any part of them is gone, or is of old."""
    if document["code"] != layer.CODE:
        return None
    layers = [layer.kept(digest, caches.folder(LAYERS)) for digest in document["layers"]]
    known = [part for part in layers if part is not None]
    return Image(name, document["id"], document["document"], known) if len(known) == len(layers) else None


def from_archive(chunks: Iterator[bytes], name: str) -> Image:
    """Facts about the image in an archive as `docker save` writes it.

    Raises:
        PlimsollError: the archive holds no image, or is damaged.

    """
    return _from_parts(archive.parts(chunks), name, "")


def _from_parts(parts: Iterable[Part], name: str, identity: str) -> Image:
    document, layers = archive.read(parts, name, _layer)
    return Image(name, identity, document, [part for _, part in layers])


def _layer(part: Part) -> Layer:
    known = layer.kept(part.path, caches.folder(LAYERS))
    if known is None:
        known = layer.read(part.path, part.chunks(), part.size)
        layer.keep(known, caches.folder(LAYERS))
    return known


def contents(name: str) -> Iterator[tuple[str, bytes]]:
    """Every file of every layer, deleted ones too, and every document, as they come: path and content.

    Raises:
        PlimsollError: the engine has no image of that name, or can't give it.

    """
    for part in archive.parts(_saved(_found(name))):
        if not part.is_layer:
            yield part.path, b"".join(part.chunks())
            continue
        for member, source in tar.members(tar.unpacked(part.chunks())):
            if member.isreg() and member.sparse is None:
                yield member.name, source.read(member.size)
