"""What `plimsoll check` can be pointed at, several at once: folders, trees, files, standard input."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import uuid

import pytest

from plimsoll import engine
from plimsoll.errors import PlimsollError
from workshop import figures

pytestmark = pytest.mark.xdist_group("check")

SUDO = "FROM scratch\nRUN sudo true\n"
STALE = "services:\n  web:\n    image: postgres\n"
RULE = "--rule=does_not_use_sudo"


@pytest.fixture
def tree(tmp_path):
    """Make files of a tree, each with its content; the tree."""

    def make(files):
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(content)
        return tmp_path

    return make


def places(done):
    """The places that a text names."""
    return [line.partition(": ")[0] for line in done.said.splitlines() if ": warning: " in line]


def text(check, *arguments, folder):
    return check("--depth=text", "--verbose", *arguments, folder=folder, DOCKER_HOST="unix:///nowhere")


def test_a_folder_means_every_dockerfile_and_compose_file_in_it(check, tree):
    names = ["Containerfile", "Dockerfile", "Dockerfile.dev", "api.Dockerfile"]
    others = {"Dockerfile.dockerignore": "*\n", "below/Dockerfile": SUDO, "compose.yaml": STALE}
    folder = tree({**dict.fromkeys(names, SUDO), **others})
    done = text(check, RULE, "--rule=services_use_fixed_tags", ".", folder=folder)
    assert (done.code, sorted(places(done))) == (1, sorted([*(f"{name}:2" for name in names), "compose.yaml:3"])), (
        done.errors
    )


def test_a_tree_means_all_below_it(check, tree):
    folder = tree({"a/Dockerfile": SUDO, "b/c/Dockerfile": SUDO, "node_modules/d/Dockerfile": SUDO})
    refused = text(check, ".", folder=folder)
    assert refused.code == 2
    assert "no Dockerfile and no compose file is in ." in refused.errors
    done = text(check, RULE, "--rule=uses_nothing_deprecated", "-r", ".", folder=folder)
    assert places(done) == ["a/Dockerfile:2", "b/c/Dockerfile:2"]
    assert "own checks in 1 rule," in done.said, "a rule is counted once, however many files it judges"


def test_what_git_ignores_is_left_out_and_told(check, tree, git):
    folder = tree({"a/Dockerfile": SUDO, "build/Dockerfile": SUDO, ".gitignore": "build/\n"})
    git(folder, "init")
    done = text(check, RULE, "-r", ".", folder=folder)
    assert places(done) == ["a/Dockerfile:2"]
    assert "1 file below . is left out, which git ignores: build/Dockerfile" in done.errors


def test_several_targets_have_their_own_lines(check, tree):
    folder = tree({"a/Dockerfile": SUDO, "b/Dockerfile": "FROM scratch\n", "odd name.txt": SUDO, "stack.yml": STALE})
    done = text(check, "a", "b", "odd name.txt", "stack.yml", "--output=json", folder=folder)
    results = json.loads(done.said)["results"]
    found = {each["subject"] for each in results for _ in each["findings"] if "sudo" in each["rule"]}
    assert found == {"a:image", f"{folder.name}/odd name.txt:image"}
    assert {each["subject"] for each in results} == {*found, "b:image", "stack.yml"}


def test_what_is_named_twice_is_judged_once(check, tree):
    folder = tree({"a/Dockerfile": SUDO, "a/compose.yaml": STALE})
    done = text(
        check, RULE, "--rule=services_use_fixed_tags", "a", "a/Dockerfile", "./a", "a/compose.yaml", folder=folder
    )
    assert sorted(places(done)) == ["a/Dockerfile:2", "a/compose.yaml:3"]


def test_what_can_not_be_read_keeps_no_other_from_being_judged(check, tree):
    folder = tree({"a/Dockerfile": SUDO, "a/Dockerfile.bad": "RUN no FROM\n", "b/README.md": ""})
    done = text(check, RULE, "a", "./gone", "b", "gone.tar", "c/Dockerfile", folder=folder)
    assert (done.code, places(done)) == (2, ["a/Dockerfile:2"])
    told = [line.removeprefix("plimsoll: ") for line in done.errors.splitlines()]
    begins = [
        str(folder / "a/Dockerfile.bad:1"),
        "./gone is not",
        "no Dockerfile",
        "gone.tar is not",
        "c/Dockerfile is",
    ]
    assert [line[: len(begin)] for line, begin in zip(told, begins, strict=True)] == begins


def test_a_target_alone_that_can_not_be_read_is_one_line(check, tree):
    done = text(check, "./gone", folder=tree({}))
    assert (done.code, done.said) == (2, "")
    assert len(done.errors.splitlines()) == 1


def test_a_pipe_is_not_waited_for(check, tree):
    folder = tree({})
    os.mkfifo(folder / "pipe")
    done = text(check, "pipe", folder=folder)
    assert (done.code, "pipe is neither a file nor a folder" in done.errors) == (2, True)


def test_a_file_is_named_from_the_current_folder(check, tree):
    folder = tree({"app/Dockerfile": SUDO, "here/README.md": ""})
    assert places(text(check, RULE, folder / "app", folder=folder / "here")) == ["../app/Dockerfile:2"]
    assert places(text(check, RULE, "app", folder=folder)) == ["app/Dockerfile:2"]
    assert places(text(check, RULE, ".", folder=folder / "app")) == ["Dockerfile:2"]


def test_the_dockerfile_of_a_context_is_named(check, tree):
    folder = tree({"app/hello": "hello", "app/Dockerfile": SUDO, "docker/Dockerfile": "FROM scratch\nCOPY hello /\n"})
    done = check("--file=docker/Dockerfile", "app", "--rule=builds", "--rule=does_not_use_sudo", folder=folder)
    assert (done.code, places(done)) == (0, []), done.said + done.errors
    done = check("--file=docker/Dockerfile", "docker", "--rule=builds", folder=folder)
    assert done.code == 1
    assert "docker/Dockerfile:1: error: build.builds: docker:image does not build" in done.said
    for targets in (["app", "docker"], ["app/Dockerfile"]):
        assert text(check, "--file=docker/Dockerfile", *targets, folder=folder).code == 2


def test_a_compose_file_says_from_where_a_dockerfile_is_built(check, tree):
    build = "services:\n  web:\n    build: {context: app, dockerfile: ../docker/web.Dockerfile}\n"
    folder = tree(
        {"app/hello": "hello", "docker/web.Dockerfile": "FROM scratch\nCOPY hello /\n", "compose.yaml": build}
    )
    done = check("-r", ".", "--rule=builds", folder=folder)
    assert (done.code, "1 rule judged 1 subject" in done.said) == (0, True), done.said + done.errors
    assert check("docker", "--rule=builds", folder=folder).code == 1, "it is built from anywhere"


def test_standard_input_is_judged_by_its_text(tree):
    folder = tree({})
    command = [sys.executable, "-m", "plimsoll", "check", "-"]
    done = subprocess.run(command, input=SUDO, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert re.match(r"-:2: warning: dockerfile\.does_not_use_sudo: ", done.stdout)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("not judged: ")]
    assert "has no context" in line
    done = subprocess.run(command, input="", cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "standard input has no FROM" in done.stderr


def test_images_stand_beside_folders(check, tree):
    folder = tree({"a/Dockerfile": SUDO})
    done = check(
        "a", "plimsoll/rust-cli:prod", "gone:here", "--depth=image", RULE, "--rule=has_no_shell", folder=folder
    )
    assert (done.code, places(done)) == (2, ["a/Dockerfile:2"])
    assert "no image gone:here here" in done.errors
    assert "judged 2 subjects" in done.said


def test_two_hundred_dockerfiles_cost_seconds_and_no_more_memory_than_twenty():
    """Ten seconds are wanted, and what a machine needs differs: `make figures` prints them."""
    few, many = figures.of_a_tree(20), figures.of_a_tree(200)
    assert "judged 200 subjects" in many.said
    assert many.seconds < 30
    assert many.memory < 1.3 * few.memory


def test_one_dockerfile_costs_no_more_than_its_reading_and_hadolint(tmp_path):
    """Half a second is wanted, and what a machine needs differs: `make figures` prints it."""
    (tmp_path / "Dockerfile").write_text("FROM busybox\n")
    ours, hadolints = figures.of_a_dockerfile(tmp_path, 1)
    assert 0 < hadolints < ours < 3


def test_what_is_not_judged_is_not_measured(tmp_path):
    (tmp_path / "Dockerfile").write_bytes(b"\0")
    with pytest.raises(PlimsollError, match="is not judged, exit code 2"):
        figures.of_a_dockerfile(tmp_path, 1)


ARGUMENT = "ARG VERSION=latest\nFROM busybox:${VERSION}\nARG TOLD=nothing\nRUN test $TOLD = something\n"


def test_build_arguments_count_for_the_text_and_the_build(check, tree):
    folder = tree({"Dockerfile": ARGUMENT})
    rules = ["--rule=bases_have_a_fixed_tag", "--rule=builds"]
    assert places(text(check, rules[0], ".", folder=folder)) == ["Dockerfile:2"]
    given = ["--build-arg=VERSION=1.37-musl", "--build-arg=TOLD=something"]
    done = check(*rules, *given, ".", "--depth=image", folder=folder)
    assert done.code == 0, done.said + done.errors
    done = check(*rules, given[0], ".", "--depth=image", folder=folder)
    assert (done.code, "does not build" in done.said) == (1, True)


def test_a_build_argument_is_taken_from_the_environment_or_refused(check, tree):
    folder = tree({"Dockerfile": ARGUMENT})
    rule = "--rule=bases_have_a_fixed_tag"
    assert check(rule, "--depth=text", "--build-arg=VERSION", ".", folder=folder, VERSION="1.37-musl").code == 0
    assert check(rule, "--depth=text", "--build-arg=NOWHERE", ".", folder=folder).code == 2
    done = check(rule, "--depth=text", "--build-arg=VERSON=1", ".", folder=folder)
    assert "--build-arg=VERSON is used by nothing" in done.errors


def test_only_the_stage_that_is_asked_for_is_judged(check, tree):
    stages = "FROM busybox:1.37-musl AS {}\nFROM busybox:1.37-musl AS other\n"
    folder = tree({"Dockerfile": stages.format("prod"), "Dockerfile.dev": stages.format("mine")})
    done = text(check, "--target=prod", ".", "--output=json", folder=folder)
    assert {each["subject"] for each in json.loads(done.said)["results"]} == {f"{folder.name}:prod"}
    done = text(check, "--target=gone", ".", folder=folder)
    assert (done.code, done.said) == (2, "")
    assert "Dockerfile has no stage `gone`: it has prod, other" in done.errors


def test_secrets_are_given_to_every_build(check, tree):
    """Among them those that look for them afterwards, which give it one of their own under the same name."""
    # Another one at each run: what the cache has is not run again.
    dockerfile = (
        f"FROM busybox:1.37-musl\nENV RUN={uuid.uuid4()}\n"
        "RUN --mount=type=secret,id=file,required --mount=type=secret,id=variable,required "
        "cat /run/secrets/file /run/secrets/variable > /dev/null\n"
    )
    folder = tree({"app/Dockerfile": dockerfile, "file": "s3cret"})
    rules = ["--rule=builds", "--rule=build_secret_leaves_no_trace"]
    given = ["--secret=id=file,src=file", "--secret=id=variable,env=VARIABLE"]
    assert check(*rules, "app", folder=folder).code == 1, "it is built without them"
    done = check(*rules, *given, "app", folder=folder, VARIABLE="s3cret too")
    assert done.code == 0, done.said + done.errors
    assert "2 rules judged" in done.said
    assert text(check, "--secret=src=file", "app", folder=folder).code == 2


@pytest.mark.skipif(not shutil.which("ssh-agent"), reason="there is no ssh-agent")
def test_an_ssh_agent_is_given_to_every_build(check, tree):
    # Another one at each run: what the cache has is not run again.
    run = 'RUN --mount=type=ssh,required test -S "$SSH_AUTH_SOCK"\n'
    folder = tree({"Dockerfile": f"FROM busybox:1.37-musl\nENV RUN={uuid.uuid4()}\n{run}"})
    said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    agent = dict(re.findall(r"(SSH_\w+)=([^;]+);", said))
    try:
        assert check("--rule=builds", ".", folder=folder, **agent).code == 1, "it is built without it"
        assert check("--rule=builds", "--ssh=default", ".", folder=folder, **agent).code == 0
    finally:
        os.kill(int(agent["SSH_AGENT_PID"]), signal.SIGTERM)


def test_the_platform_is_that_of_the_build(check, tree):
    folder = tree({"Dockerfile": "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /\n", "arm64": "", "amd64": ""})
    done = check("--platform=linux/arm64", "--rule=builds", "--keep", ".", folder=folder)
    assert done.code == 0, done.said + done.errors
    name = re.search(r"kept (\S+),", done.errors)[1]
    try:
        assert check("--platform=linux/arm64", "--rule=layers_hold_no_secret", name).code == 0
        refused = check("--platform=linux/s390x", "--rule=layers_hold_no_secret", name)
        assert (refused.code, "is for linux/arm64, not for linux/s390x" in refused.errors) == (2, True)
    finally:
        engine.client().images.remove(name, force=True)
