"""What a user can get wrong: each gets one line that names the cause and the remedy, never a traceback."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

import pytest

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.build.record import Record, Step
from plimsoll.facts.run import container, orphans, ownership
from plimsoll.facts.text import buildkit
from plimsoll.subject import Variant
from workshop import apps
from workshop.root import ROOT


def command(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "workshop", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.fixture
def repository(tmp_path):
    """A copy of what the bake file needs, to be broken."""
    shutil.copy(ROOT / "docker-bake.hcl", tmp_path)
    for folder in {variant.folder for variant in apps.variants()}:
        shutil.copytree(
            folder, tmp_path / folder.relative_to(ROOT), ignore=shutil.ignore_patterns("node_modules", "target")
        )
    return tmp_path


def test_an_unknown_app_is_named_with_those_that_exist():
    code, said = command("test", "--app", "go-gni")
    assert code == 2
    assert "there is no app `go-gni`: the apps are " in said
    assert "go-gin" in said


def test_a_taken_port_is_named_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = command("up", PLIMSOLL_PORT=str(port), COMPOSE_PROJECT_NAME="plimsoll-taken")
    assert code == 2
    assert f"port {port} of 127.0.0.1 is in use: stop what listens there, or `make up PORT={port + 1}`" in said


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_what_is_not_a_port_is_refused(port):
    code, said = command("up", PLIMSOLL_PORT=port)
    assert code == 2
    assert f"PLIMSOLL_PORT={port} is not a port: give a number from 1 to 65535" in said


@pytest.mark.parametrize("what", ["up", "test"])
@pytest.mark.parametrize("address", ["tcp://192.0.2.1:2375", "ssh://ann@engine.example"])
def test_another_machines_engine_is_refused_before_it_is_asked(what, address):
    code, said = command(what, DOCKER_HOST=address)
    assert code == 2
    assert said == (
        f"plimsoll: the engine is another machine's ({address}), and so would be the addresses of what is started: "
        "run this on that machine; `plimsoll check` works with its engine from here"
    )


def test_an_app_without_its_dockerfile_is_named(repository):
    (repository / "go-gin/Dockerfile").unlink()
    with pytest.raises(PlimsollError, match="go-gin has no Dockerfile, which docker-bake.hcl names: write it"):
        apps.variants(repository)


def test_a_bake_file_that_does_not_parse_is_named(repository):
    (repository / "docker-bake.hcl").write_text("target {")
    with pytest.raises(PlimsollError, match=r"^docker-bake\.hcl: .*: fix it"):
        apps.variants(repository)


def test_a_wrong_key_in_plimsoll_toml_is_named(repository):
    with (repository / "go-gin/plimsoll.toml").open("a") as file:
        file.write("\n[variant.prodd]\nmax_size = '9 MB'\n")
    with pytest.raises(PlimsollError, match=r"go-gin/plimsoll\.toml: variant\.prodd: there is no `prodd`"):
        apps.variants(repository)


def test_a_dockerfile_that_does_not_parse_is_named_with_its_line(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPPY a b\n")
    variant = Variant("made", "prod", "plimsoll/made:prod", tmp_path, tmp_path / "Dockerfile")
    with pytest.raises(PlimsollError, match=r"Dockerfile:2: there is no instruction COPPY: do you mean COPY\?$"):
        buildkit.check(variant)


def test_a_full_disk_is_told_as_such():
    record = Record(1, {"a": Step("RUN make", error="write /x: no space left on device")})
    assert record.failure.startswith("the disk is full: free some (`docker system prune`)")


def test_a_failing_step_is_told_with_the_end_of_its_log():
    steps = {
        "a": Step("b", error="context canceled"),
        "c": Step("RUN make", error="exit code 2", log="no rule\n"),
    }
    assert Record(1, steps).failure == "RUN make: exit code 2\n    no rule"


def test_a_container_that_exits_at_once_is_told_with_its_last_lines():
    arguments = ["sh", "-c", "echo the cause; exit 3"]
    with (
        pytest.raises(PlimsollError, match=r"^it exited with code 3: its last lines are\n    the cause"),
        container.started("debian:trixie-slim", command=arguments, port=80) as running,
    ):
        running.wait_until_answering()


def test_an_image_that_names_no_program_is_told():
    with (
        pytest.raises(PlimsollError, match="can't be started"),
        container.started("debian:trixie-slim", command=["/no/such/program"]),
    ):
        pass


def ctrl_c(process):
    """As the terminal gives it: to the whole process group."""
    os.killpg(process.pid, signal.SIGINT)


def terminate(process):
    """As CI gives it: to the command alone."""
    process.terminate()


@pytest.mark.parametrize(("end", "code"), [(ctrl_c, 130), (terminate, 143)])
def test_an_interrupted_run_leaves_nothing_running(end, code):
    """In the middle of the tests."""
    # Where this suite runs in the background, the signal is ignored, and whoever it starts inherits that.
    listening = ["env", "--default-signal=INT,TERM"]
    run = uuid.uuid4().hex
    with subprocess.Popen(
        [*listening, sys.executable, "-m", "workshop", "test", "--app", "rust-cli", "--", "--rerun"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}, ownership.ENVIRONMENT: run},
    ) as process:
        # Its first container lives for a moment only. Images may have to be built before.
        started = {"label": f"{ownership.LABEL}={run}", "event": "start"}
        assert next(engine.client().events(filters=started, until=int(time.time()) + 600), None), "none was started"
        end(process)
        said = process.communicate(timeout=600)[0]
    assert process.returncode == code, said
    assert said.strip().endswith("interrupted, nothing is left running")
    assert orphans.of_run(run) == []
