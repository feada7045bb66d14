"""What is kept lies in the user's own folder for such things, wherever the system has it."""

import pytest

from plimsoll import DISTRIBUTION, caches


@pytest.mark.parametrize(
    ("platform", "variables", "where"),
    [
        ("linux", {}, "home/.cache"),
        ("linux", {"XDG_CACHE_HOME": "{here}/own"}, "own"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "home/.cache"),
        ("darwin", {"XDG_CACHE_HOME": "{here}/own"}, "home/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "{here}/local"}, "local"),
        ("win32", {}, "home/AppData/Local"),
    ],
)
def test_where_it_is(monkeypatch, tmp_path, platform, variables, where):
    for name in (caches.ENVIRONMENT, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(here=tmp_path))
    monkeypatch.setattr("sys.platform", platform)
    assert caches.folder("facts") == tmp_path / where / DISTRIBUTION / "facts"
    assert (tmp_path / where / DISTRIBUTION / "facts").is_dir()
