"""Facts about an image: its configuration, its layers, and the files that a container would see."""

from __future__ import annotations

import functools
import json
import re
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from plimsoll import caches, whole
from plimsoll.facts.image import archive, layer, packages, platforms, store, tar, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plimsoll.facts.image.archive import Part
    from plimsoll.facts.image.elf import Elf
    from plimsoll.facts.image.layer import Entry, Layer
    from plimsoll.facts.image.manifests import Manifest
    from plimsoll.facts.image.platforms import Platform
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
    def platform(self) -> Platform:
        """What it says it is for."""
        return platforms.told(self.document)

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
        """Bytes that a registry transfers for its layers, as far as it was found out."""
        return sum(part.compressed or 0 for part in self.layers)

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
def read(name: str, *, weigh: bool = False) -> Image:
    """Facts about an image that the engine has, gathered once in a process.

    Args:
        name: the image's.
        weigh: find out what a registry would transfer also of layers that the engine gives unpacked.

    Raises:
        PlimsollError: the engine has no image of that name, or can't give it.

    """
    found = store.found(name)
    kept = caches.folder(IMAGES) / f"{found.id}.json"
    image = whole.read(kept, lambda content: _remembered(whole.document(content), name))
    if image is None or (weigh and any(part.compressed is None for part in image.layers)):
        parts = store.parts(str(found.id))
        if parts is not None:
            image = from_parts(parts, f"the archive of {name}", name, str(found.id), weigh=weigh)
        else:
            with closing(tar.ahead(store.saved(found))) as saved:
                image = from_parts(archive.parts(saved), f"the archive of {name}", name, str(found.id), weigh=weigh)
        layers = [part.digest for part in image.layers]
        document = {"code": layer.CODE, "id": image.id, "document": image.document, "layers": layers}
        whole.keep(kept, json.dumps(document).encode())
    return image


def _remembered(document: dict[str, Any], name: str) -> Image | None:
    """The facts of an image that an earlier process gathered, None where any part of them is gone, or is of old."""
    if document["code"] != layer.CODE:
        return None
    layers = [layer.kept(digest, caches.folder(LAYERS)) for digest in document["layers"]]
    known = [part for part in layers if part is not None]
    return Image(name, document["id"], document["document"], known) if len(known) == len(layers) else None


def from_parts(
    parts: Iterable[Part], where: str, name: str, identity: str, *, wanted: Manifest | None = None, weigh: bool = False
) -> Image:
    """Facts about an image in an archive.

    Args:
        parts: the files of the archive.
        where: the archive, for messages.
        name: the image's.
        identity: the image's, or empty.
        wanted: which image of the archive; None for the first that `docker save` names there.
        weigh: find out what a registry would transfer also of layers that are not packed.

    Raises:
        PlimsollError: the archive holds no image, or is damaged.

    """
    document, layers = archive.read(parts, where, lambda part: _layer(part, weigh=weigh), wanted)
    return Image(name, identity, document, [part for _, part in layers])


def _layer(part: Part, *, weigh: bool) -> Layer:
    """The facts of a layer, kept from an earlier time where its name says for sure what is in it."""
    known = layer.kept(part.known_as, caches.folder(LAYERS)) if part.known_as else None
    if known is not None and not (weigh and known.compressed is None):
        part.check()
        return known
    found = layer.read(part.known_as or part.path, part.chunks(), part.size, weigh=weigh, bound=part.bound)
    if part.known_as:
        layer.keep(found, caches.folder(LAYERS))
    return found


def contents(name: str) -> Iterator[tuple[str, bytes]]:
    """Every file of every layer, deleted ones too, and every document, as they come: path and content.

    Raises:
        PlimsollError: the engine has no image of that name, or can't give it.

    """
    for part in archive.parts(store.saved(store.found(name))):
        if not part.is_layer:
            yield part.path, b"".join(part.chunks())
            continue
        for member, source in tar.members(tar.unpacked(part.chunks())):
            if member.isreg() and member.sparse is None:
                yield member.name, source.read(member.size)
