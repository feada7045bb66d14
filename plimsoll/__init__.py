"""The judge: facts about container images, Dockerfiles and compose files, and the rules that judge them."""

DISTRIBUTION = "plimsoll-check"
"""What is installed, and what a user's folders are called by: `plimsoll` on PyPI is somebody else's."""

HOME = "https://github.com/plimsoll/plimsoll"
"""The repository's address, below which every finding's rule has its own."""

__version__ = "0.1.0"
