"""An app's folder is whole in itself: it can be copied to anywhere, where there is neither judge nor workshop."""

import re

import pytest

from workshop import apps, listed
from workshop.root import ROOT

FOLDERS = sorted({variant.folder for variant in apps.variants()})
ROOMS = "plimsoll|workshop"
MODULES = sorted(
    path.stem for room in ROOMS.split("|") for path in (ROOT / room).iterdir() if path.suffix == ".py" or path.is_dir()
)
LIBRARY = re.compile(
    rf"^\s*(?:import|from)\s+(?:{ROOMS})\b.*|\S*\b(?:{ROOMS})[./](?:{'|'.join(MODULES)})\b\S*|-m (?:{ROOMS})\b",
    re.MULTILINE,
)
"""What imports the library, runs it, or names a module of it."""


@pytest.mark.parametrize("folder", FOLDERS, ids=[str(folder.relative_to(ROOT)) for folder in FOLDERS])
def test_no_file_of_an_app_knows_the_library(folder):
    files = [folder / name for name in listed.files(folder)]
    texts = {file.name: file.read_bytes().decode(errors="replace") for file in files if file.is_file()}
    known = {name: LIBRARY.findall(text) for name, text in texts.items() if LIBRARY.search(text)}
    assert not known, f"{folder.name} can't be copied without the library: move that to workshop/, {known}"


@pytest.mark.parametrize(
    "text",
    [
        "import plimsoll",
        "    from plimsoll import engine",
        "from workshop.root import ROOT",
        "see workshop/load.py",
        "see plimsoll/facts/run/helper.py",
        "python -m workshop up",
        "python -m plimsoll check .",
    ],
)
def test_what_knows_the_library_is_found(text):
    assert LIBRARY.search(f"first\n{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "FROM plimsoll/go-gin:prod",
        "plimsoll.toml names it",
        "import plimsollian",
        "from workshops import all",
        "https://example.org/plimsoll",
    ],
)
def test_an_image_or_an_address_is_no_library(text):
    assert not LIBRARY.search(f"first\n{text}\n")
