"""What a fact that is kept depends on, beside its subject: the code that finds it."""

from __future__ import annotations

import functools
import hashlib
import sys
from pathlib import Path

LIBRARY = Path(__file__).parent


@functools.cache
def code(*names: str) -> str:
    """A digest of modules of the library, and of the Python that runs them.

    Args:
        names: those of modules, or of folders of modules, from the library's own folder.

    """
    digest = hashlib.sha256(sys.version.encode())
    for name in names:
        folder = LIBRARY / name
        for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
            content = file.read_bytes()
            digest.update(f"{file.relative_to(LIBRARY)} {len(content)}\n".encode() + content)
    return digest.hexdigest()
