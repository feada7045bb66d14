"""Which files of a folder are Dockerfiles and compose files, by their names."""

import pytest

from plimsoll.commands import discovery

DOCKERFILES = [
    "Dockerfile", "dockerfile", "Dockerfile.dev", "Dockerfile.go1.22", "api.Dockerfile", "api.dockerfile",
    "Containerfile", "Containerfile.prod", "build.Containerfile",
]  # fmt: skip
OTHERS = [
    "Dockerfile.dockerignore", "api.Dockerfile.dockerignore", "Dockerfile~", "Dockerfile.swp", "Dockerfile.md",
    "Dockerfile.j2", "Dockerfile.template", "Dockerfile.in", "MyDockerfile", "Dockerfiles", "Dockerfile-notes",
]  # fmt: skip


@pytest.fixture
def tree(tmp_path):
    """Make files of a tree, each with its path from there; the tree."""

    def make(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text("FROM scratch\n")
        return tmp_path

    return make


def names(found, tree):
    files = [*found.dockerfiles, *(each.file for each in found.compositions)]
    return [str(file.relative_to(tree)) for file in files]


def test_a_dockerfile_has_one_of_these_names():
    assert [name for name in (*DOCKERFILES, *OTHERS) if discovery.is_dockerfile(name)] == DOCKERFILES


def test_of_a_folder_only_what_is_in_itself_counts(tree):
    folder = tree("Dockerfile", "dev.Dockerfile", "compose.yaml", "sub/Dockerfile", "README.md")
    (folder / "Dockerfile.d").mkdir()
    assert names(discovery.in_folder(folder), folder) == ["Dockerfile", "dev.Dockerfile", "compose.yaml"]


def test_of_a_tree_all_counts_but_what_tools_keep(tree):
    foreign = (".git", "node_modules/x", ".venv", "__pycache__", "env/lib")
    folder = tree("b/Dockerfile", "a/c/Dockerfile", "a/compose.yml", *(f"a/{each}/Dockerfile" for each in foreign))
    (folder / "a/env/pyvenv.cfg").touch()
    (folder / "loop").symlink_to(folder)
    assert names(discovery.in_tree(folder), folder) == ["a/c/Dockerfile", "b/Dockerfile", "a/compose.yml"]


def test_of_a_clone_what_git_ignores_does_not_count(tree, git):
    folder = tree("Dockerfile", "build/Dockerfile", "build/compose.yaml", "kept/Dockerfile")
    (folder / ".gitignore").write_text("build/\nkept/\n")
    git(folder, "init")
    git(folder, "add", "--force", "kept/Dockerfile")
    found = discovery.in_tree(folder)
    assert names(found, folder) == ["Dockerfile", "kept/Dockerfile"], "what git tracks counts although it is ignored"
    assert [str(file.relative_to(folder)) for file in found.ignored] == ["build/Dockerfile", "build/compose.yaml"]


def test_what_is_asked_for_below_an_ignored_folder_is_found(tree, git):
    """Whoever names it wants it."""
    folder = tree("build/app/Dockerfile")
    (folder / ".gitignore").write_text("build/\n")
    git(folder, "init")
    assert names(discovery.in_folder(folder / "build/app"), folder) == ["build/app/Dockerfile"]
    assert names(discovery.in_tree(folder / "build/app"), folder) == ["build/app/Dockerfile"]
