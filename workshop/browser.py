"""A browser for the tests that look at the page as a person does: the one that is here, or Debian's."""

from __future__ import annotations

import os
import platform
import shutil

from plimsoll.say import say, saying
from workshop import engine_setup

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def path() -> str | None:
    """The browser's program, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> None:
    """Install Debian's Chromium where there is no browser; elsewhere the tests that need one say so."""
    if path():
        return
    try:
        debian = platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        debian = False
    if os.geteuid() != 0 or not debian:
        say("there is no Chromium: install one to have the page tested in a browser")
        return
    with saying("installing chromium"):
        engine_setup.apt("install", "--yes", "--no-install-recommends", "chromium")
