"""The judge: facts about container images, Dockerfiles and compose files, and the rules that judge them."""

DISTRIBUTION = "plimsoll-check"
"""What is installed, and what a user's folders are called by: `plimsoll` on PyPI is somebody else's."""

__version__ = "0.1.0"
