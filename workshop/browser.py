"""A browser for the tests that look at the page as a person does: the one that is here, or Debian's."""

from __future__ import annotations

import os
import shutil

from plimsoll.say import say
from workshop import packages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def path() -> str | None:
    """The browser's program, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> None:
    """Install Debian's Chromium where there is no browser; elsewhere the tests that need one say so."""
    if path():
        return
    if os.geteuid() != 0 or packages.distribution() != "debian" or not packages.allowed():
        say("there is no Chromium: install one to have the page tested in a browser")
        return
    packages.announce(["chromium"], "Debian")
    packages.install(["chromium"])
