"""Look through site-packages, as upstream's `site` does; Debian's, frozen into the interpreter, does not.

Called from a .pth file in dist-packages, which Debian's does look through: a sitecustomize would be in the way of
people's own.
"""

import site
import sys


def getsitepackages(prefixes: list[str] | None = None) -> list[str]:
    """What upstream's function answers."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [f"{prefix}/lib/{version}/site-packages" for prefix in dict.fromkeys(prefixes or site.PREFIXES)]


site.getsitepackages = getsitepackages
for folder in getsitepackages():
    if folder not in sys.path:
        site.addsitedir(folder)
