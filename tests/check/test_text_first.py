"""What text tells is told at once, and where nothing else can be had: no engine, no client, no compose, no base."""

import json
import re
import shutil
import socket
import subprocess
import sys
import threading

import pytest

from plimsoll.commands.options import DEPTHS
from plimsoll.rule import every_rule

from .conftest import COMMAND, ENDLESS, environment

pytestmark = pytest.mark.xdist_group("check")

BUSYBOX = "busybox:1.37-musl"
ADDS = f"FROM {BUSYBOX}\nADD notes.txt /\n"
CLEAN = "FROM scratch\nCOPY notes.txt /\nUSER 65532:65532\n"
COMPOSE = 'services:\n  web:\n    image: nginx\n    ports: ["8080:80"]\n'
NOT_JUDGED = re.compile(r"^not judged: (\d+) rules and BuildKit's own checks in (\d+) rules, (.*)$", re.MULTILINE)


@pytest.fixture
def folder(tmp_path):
    """A folder with files of these names and contents."""

    def make(**files):
        made = tmp_path / "app"
        made.mkdir()
        for name, content in {"notes_txt": "notes\n", **files}.items():
            (made / name.replace("_", ".")).write_text(content)
        return made

    return make


@pytest.fixture
def silent(tmp_path):
    """An address at which no engine answers: nobody listens at that socket."""
    return f"unix://{tmp_path}/none.sock"


@pytest.fixture
def clients(tmp_path):
    """A PATH with the `docker` command of some plugins, or without that command."""

    def path(*plugins, docker=True):
        programs = tmp_path / "programs"
        programs.mkdir()
        if docker:
            cases = "".join(f'  {name}) exec {shutil.which("docker")} "$@" ;;\n' for name in plugins)
            lacks = '  *) echo "unknown flag: --file" >&2; exit 125 ;;\n'
            (programs / "docker").write_text(f'#!/bin/sh\ncase "$1" in\n{cases}{lacks}esac\n')
            (programs / "docker").chmod(0o755)
        for name in ("sh", "env"):
            (programs / name).symlink_to(shutil.which(name))
        return str(programs)

    return path


def not_judged(done):
    """The lines that tell what was not judged, but for that of BuildKit's checks, which text does without."""
    lines = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    return [line for line in lines if not line.endswith(", --depth=image asks for them")]


def told(done):
    """The line that tells why rules were not judged, taken apart."""
    (line,) = NOT_JUDGED.findall(done.said)
    return int(line[0]), int(line[1]), line[2]


@pytest.mark.parametrize("docker", [True, False], ids=["client", "no client"])
def test_without_an_engine_text_is_judged_and_all_else_is_one_line(check, folder, silent, clients, docker):
    path = clients(docker=docker)
    made = folder(Dockerfile=ADDS)
    done = check(made, DOCKER_HOST=silent, PATH=path)
    assert (done.code, done.errors) == (1, "")
    assert ": warning: dockerfile.files_are_copied_not_added: DL3020" in done.said
    rules, in_part, reason = told(done)
    assert reason.startswith(f"no engine answers ({silent}): start Docker")
    assert done.said.count("not judged: ") == 1
    assert done.said.endswith(f"judged 1 subject, {rules} rules not judged\n")
    results = json.loads(check(made, "--output=json", DOCKER_HOST=silent, PATH=path).said)["results"]
    assert rules == len({each["rule"] for each in results if each["not_judged"]}) > 30
    assert in_part == len({each["rule"] for each in results if each["not_judged_in_part"]}) > 3
    assert not any(each["passed"] for each in results if each["not_judged"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--depth=text"], 0),
        (["--depth=text", "--require=text"], 0),
        (["--require=text"], 0),
        (["--require=image"], 2),
        (["--require=run"], 2),
        (["--depth=image", "--require=image"], 2),
        (["--rule=has_no_shell"], 2),
        (["--rule=stops_when_told"], 2),
        (["--rule=docker_build_check_finds_nothing"], 2),
        (["--rule=uses_nothing_deprecated"], 0),
        (["--rule=uses_nothing_deprecated", "--require=image"], 2),
    ],
    ids=str,
)
def test_what_is_not_judged_changes_the_exit_code_only_where_it_is_required_or_all(
    check, folder, silent, arguments, code
):
    done = check(folder(Dockerfile=CLEAN), *arguments, DOCKER_HOST=silent)
    assert done.code == code, done.said + done.errors
    assert done.errors == ""


def test_text_alone_says_that_buildkit_was_not_asked(check, folder, silent):
    done = check(folder(Dockerfile=CLEAN), "--depth=text", DOCKER_HOST=silent)
    (line,) = [line for line in done.said.splitlines() if line.startswith("not judged: ")]
    assert re.fullmatch(r"not judged: BuildKit's own checks in \d+ rules, --depth=image asks for them", line)


def test_what_is_required_must_be_looked_at(check, folder):
    done = check(folder(Dockerfile=CLEAN), "--depth=text", "--require=image")
    assert (done.code, done.said) == (2, "")
    assert done.errors == ("plimsoll: --require=image looks further than --depth=text: let both look equally far\n")


def test_each_depth_ends_where_it_says(check, folder):
    made = folder(Dockerfile=f"FROM {BUSYBOX}\nUSER 65532:65532\nCMD ['x']\n".replace("'", '"'))
    asked = [f"--rule={name}" for name in ("commands_are_in_exec_form", "has_no_shell", "stops_when_told")]
    asked += [f"--rule={name}" for name in ("docker_build_check_finds_nothing", "runs_offline") if name in every_rule()]
    judged = {}
    for depth in DEPTHS:
        done = check(made, *asked, f"--depth={depth}", "--output=json")
        judged[depth] = {each["rule"] for each in json.loads(done.said)["results"]}
    assert judged["text"] == {"dockerfile.commands_are_in_exec_form"}
    assert judged["image"] == judged["text"] | {"image.has_no_shell", "dockerfile.docker_build_check_finds_nothing"}
    assert judged["run"] >= judged["image"]


def test_text_is_told_before_an_engine_is_waited_for(folder, tmp_path):
    """The engine here takes the connection and says nothing, until the findings of the text have been read."""
    address = tmp_path / "deaf.sock"
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(address))
        deaf.listen()
        with subprocess.Popen(
            [*COMMAND, folder(Dockerfile=ADDS)],
            env=environment(DOCKER_HOST=f"unix://{address}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as judging:
            killer = threading.Timer(ENDLESS, judging.kill)
            killer.start()
            first = judging.stdout.readline()
            connection, _ = deaf.accept()
            assert judging.poll() is None
            deaf.close()
            address.unlink()
            connection.close()
            rest, errors = judging.communicate()
            killer.cancel()
    assert ": warning: dockerfile.files_are_copied_not_added: " in first
    assert f"no engine answers (unix://{address})" in rest
    assert (judging.returncode, errors) == (1, "")


def test_what_buildkit_says_is_added_and_nothing_is_told_twice(check, folder):
    made = folder(Dockerfile="FROM scratch AS base\ncopy notes.txt /\nFROM base AS last\nMAINTAINER nobody\n")
    asked = ["--rule=instructions_are_cased_alike", "--rule=uses_nothing_deprecated", "--depth=image"]
    done = check(made, *asked, "--fail-on=note")
    found = [line.partition(": ")[2] for line in done.said.splitlines() if "Dockerfile:" in line]
    assert [line.partition(",")[0] for line in found] == [
        "warning: dockerfile.uses_nothing_deprecated: DL4000",
        "note: dockerfile.instructions_are_cased_alike: ConsistentInstructionCasing",
    ]
    assert "not judged" not in done.said


def test_a_base_that_only_one_stage_needs_leaves_the_others_to_be_judged(check, folder):
    made = folder(Dockerfile=f"FROM nobody/no-such-base:1 AS extra\nFROM {BUSYBOX}\nCMD cat /x\n")
    done = check(made, "--depth=image", "--fail-on=note", "--quiet")
    assert (done.code, done.errors) == (1, "")
    assert ": note: image.has_no_shell: " in done.said
    (line,) = not_judged(done)
    why = r"base nobody/no-such-base:1 can't be had: \w"
    assert re.match(rf"not judged: \d+ rules of app:extra and BuildKit's own checks in \d rules, {why}", line)


@pytest.mark.parametrize("plugins", [["context"], None], ids=["no compose", "no docker"])
def test_without_compose_its_rules_are_one_line(check, folder, silent, clients, plugins):
    path = clients(*(plugins or []), docker=plugins is not None)
    made = folder(Dockerfile=ADDS, compose_yaml=COMPOSE)
    done = check(made, "--depth=text", DOCKER_HOST=silent, PATH=path)
    assert (done.code, done.errors) == (1, ""), done.said
    assert ": warning: dockerfile.files_are_copied_not_added: " in done.said
    (line,) = not_judged(done)
    assert re.match(r"not judged: \d+ rules of compose\.yaml, no docker compose, which reads compose files: ", line)
    assert check(made, "--depth=text", "--require=text", DOCKER_HOST=silent, PATH=path).code == 2
    (made / "Dockerfile").unlink()
    assert check(made, DOCKER_HOST=silent, PATH=path).code == 2, "nothing is judged"


def test_compose_files_are_judged_without_an_engine(check, folder, silent):
    done = check(folder(compose_yaml=COMPOSE), DOCKER_HOST=silent)
    assert (done.code, done.errors) == (1, "")
    assert "compose.yaml:4: warning: compose." in done.said
    assert "not judged" not in done.said


def test_a_variable_that_nobody_has_set_leaves_the_dockerfile_to_decide(check, folder, silent):
    made = folder(Dockerfile=CLEAN, compose_yaml="services:\n  web:\n    image: nginx:${TAG:?which one}\n")
    done = check(made, "--depth=text", DOCKER_HOST=silent)
    assert (done.code, done.errors) == (0, ""), done.said
    (line,) = not_judged(done)
    assert "demands this variable, which nobody has set: TAG (which one)" in line
    (made / "Dockerfile").write_text(ADDS)
    assert check(made, "--depth=text", DOCKER_HOST=silent).code == 1


@pytest.mark.parametrize("address", ["http://{}/team/stack.git", "git://{}/team/stack.git", "oci://{}/team/stack:1"])
def test_what_a_compose_file_takes_from_the_network_is_not_fetched_and_one_line_says_so(check, folder, silent, address):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
    include = f"include: ['{address.format(nobody)}']\n"
    done = check(folder(Dockerfile=ADDS, compose_yaml=include), "--depth=text", DOCKER_HOST=silent)
    assert (done.code, done.errors) == (1, "")
    assert ": warning: dockerfile.files_are_copied_not_added: " in done.said
    (line,) = not_judged(done)
    assert "compose.yaml takes a part of it from the network, which is not used to read text: have that part " in line


def test_an_env_file_that_a_fresh_clone_lacks_is_a_warning_and_all_is_judged(check, folder, silent):
    done = check(folder(compose_yaml=f"{COMPOSE}    env_file: .env\n"), "--depth=text", DOCKER_HOST=silent)
    assert (done.code, done.errors) == (1, "")
    assert "compose_warns_of_nothing: env file .env is not there: the services that name it do not start: " in done.said
    assert ": warning: compose.publishes_on_loopback_only: " in done.said
    assert "compose.yaml, " not in done.said


def test_a_file_that_compose_refuses_is_one_line_and_the_rest_is_judged(check, folder, silent):
    done = check(folder(Dockerfile=ADDS, compose_yaml="servces: {}\n"), "--depth=text", DOCKER_HOST=silent)
    assert (done.code, done.errors) == (2, "")
    assert ": warning: dockerfile.files_are_copied_not_added: " in done.said
    (line,) = not_judged(done)
    assert "compose.yaml is not accepted by compose, " in line


UNREADABLE = {
    "binary": (b"FROM scratch\n\0\x7fELF", "it is binary"),
    "large": (b"FROM scratch\n" + b"# 456789\n" * 1_100_000, "it has 9.90 MB"),
    "latin": (b"FROM scratch\n# caf\xe9\n", "can't decode byte 0xe9"),
    "empty": (b"", "has no FROM"),
    "misspelt": (b"FROM scratch\nRNU make\n", "Dockerfile:2: there is no instruction RNU: do you mean RUN?"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "compose"])
def test_what_is_no_dockerfile_is_one_line(check, folder, silent, kind, beside):
    content, why = UNREADABLE[kind]
    made = folder(**({"compose_yaml": COMPOSE} if beside else {}))
    (made / "Dockerfile").write_bytes(content)
    done = check(made, DOCKER_HOST=silent)
    assert done.code == 2
    (line,) = done.errors.splitlines()
    assert f"{made}/Dockerfile" in line
    assert why in line
    assert ("compose.yaml:4: warning: compose." in done.said) is beside


def test_a_compose_file_of_ten_megabytes_is_refused_before_it_is_read(check, folder, silent):
    done = check(folder(compose_yaml=COMPOSE + "# 456789\n" * 1_100_000), DOCKER_HOST=silent)
    assert done.code == 2
    assert "compose.yaml is no compose file, it has 9.90 MB: none is over 1.00 MB" in done.said


def test_where_hadolint_is_missing_that_is_one_line(check, folder, silent):
    code = (
        "import sys\nfrom plimsoll import cli\nfrom plimsoll.errors import PlimsollError\n"
        "from plimsoll.facts.text import hadolint\n"
        "hadolint.shutil.which = lambda *_, **__: None\nsys.exit(cli.main())\n"
    )
    made = folder(Dockerfile="FROM busybox\nENV PASSWORD=hunter2\n")
    done = check(made, "--depth=text", code=code, DOCKER_HOST=silent)
    assert (done.code, done.errors) == (1, ""), done.said
    (line,) = not_judged(done)
    assert re.match(r"not judged: \d+ rules and hadolint in \d+ rules, hadolint is missing, which ", line)
    assert ":1: warning: dockerfile.bases_have_a_fixed_tag: `busybox` has no tag" in done.said
    assert check(made, "--depth=text", "--require=text", code=code, DOCKER_HOST=silent).code == 2


@pytest.mark.parametrize("name", ["Dockerfile", "compose_yaml"])
def test_nothing_dear_is_loaded_for_what_is_written(folder, silent, name):
    code = "import sys; from plimsoll import cli; cli.main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    made = folder(**{name: ADDS if name == "Dockerfile" else COMPOSE})
    command = [sys.executable, "-c", code, "check", made, "--depth=text"]
    done = subprocess.run(command, env=environment(DOCKER_HOST=silent), capture_output=True, text=True, check=True)
    assert "1 subject" in done.stdout
    loaded = set(done.stderr.splitlines()[-1].split())
    assert "plimsoll.runner" in loaded
    assert not loaded & {"docker", "pydantic", "requests", "urllib3", "plimsoll.facts.catalogue"}


def test_no_engine_is_asked_for_what_is_written(check, folder, heard_by):
    done = check(folder(Dockerfile=ADDS, compose_yaml=COMPOSE), "--depth=text", DOCKER_HOST=heard_by.address)
    assert done.code == 1
    assert heard_by.connections == []


class Listener:
    """A socket that notes who connects to it."""

    def __init__(self, path):
        self.address, self.connections = f"unix://{path}", []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            connection.close()


@pytest.fixture
def heard_by(tmp_path):
    listener = Listener(tmp_path / "listening.sock")
    yield listener
    listener.socket.close()
