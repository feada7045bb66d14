"""Servers for catweb compared, each with the same Python, packages and app: the table in its README."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

from plimsoll import engine
from plimsoll.errors import PlimsollError
from plimsoll.facts.run import container
from plimsoll.say import say, saying
from workshop import bases, engine_setup, load
from workshop.root import ROOT

FOLDER = ROOT / "python-flask/catweb"
IMAGE = "plimsoll/catweb:servers"
BASE = "python:3.13-slim-trixie"
PORT = 5000
ROUNDS = 3
INTERRUPTED = 130
DOCKERFILE = f"""\
FROM {BASE}
WORKDIR /src
COPY requirements.lock .
RUN pip install --no-cache-dir --root-user-action=ignore --requirement=requirements.lock \\
    && pip install --no-cache-dir --root-user-action=ignore granian==2.8.7 waitress==3.0.2
COPY catweb catweb
"""
GUNICORN = f"gunicorn --bind=0.0.0.0:{PORT} --worker-tmp-dir=/dev/shm --no-control-socket catweb:create_app()"
THREADS = f"{GUNICORN} --worker-class=gthread --threads=4"
GRANIAN = f"granian --interface=wsgi --host=0.0.0.0 --port={PORT} --factory catweb:create_app"
SERVERS = {
    "Flask's development server": "flask --app=catweb run --host=0.0.0.0",
    "gunicorn, sync, 1 process": GUNICORN,
    "gunicorn, sync, 2 processes": f"{GUNICORN} --preload --workers=2",
    "gunicorn, 4 threads": THREADS,
    "gunicorn, 2 processes of 4 threads": f"{THREADS} --preload --workers=2",
    "the same with an access log": f"{THREADS} --preload --workers=2 --access-logfile=-",
    "waitress, 4 threads": f"waitress-serve --listen=0.0.0.0:{PORT} --call catweb:create_app",
    "granian, 1 process": GRANIAN,
    "granian, 2 processes": f"{GRANIAN} --workers=2",
}
"""What serves the app, by the name that the README's table gives it."""
WEIGHED = "import os; from granian import _granian; print(os.stat(_granian.__file__).st_size)"


def compare(rounds: int) -> str:
    """Ask every server in turn, so many times, and return the table and what granian weighs.

    Raises:
        PlimsollError: the image does not build, or a server does not answer.

    """
    _build()
    load.prepare()
    rates: dict[str, list[float]] = {name: [] for name in SERVERS}
    for number in range(rounds):
        say(f"asking {len(SERVERS)} servers in turn, round {number + 1} of {rounds}")
        for name, command in SERVERS.items():
            with container.started(IMAGE, port=PORT, command=command) as running:
                running.wait_until_answering()
                load.requests_per_second(running, "/", seconds=1)
                rates[name].append(load.requests_per_second(running, "/"))
    with container.started(IMAGE, command=["python", "-c", WEIGHED]) as running:
        running.wait()
        weight = int(running.logs())
    return f"{table(rates)}granian's extension module: {weight / 1e6:.1f} MB\n"


def table(rates: dict[str, list[float]]) -> str:
    """A row for each server: the median of its requests a second, their range, and how often it is the first one's."""
    first = statistics.median(next(iter(rates.values())))
    rows = ["| server | requests/s | lowest to highest | |", "| --- | ---: | --- | ---: |"]
    for name, each in rates.items():
        middle = statistics.median(each)
        rows.append(f"| {name} | {middle:.0f} | {min(each):.0f} to {max(each):.0f} | {middle / first:.1f} |")
    return "\n".join(rows) + "\n"


def _build() -> None:
    bases.ensure({BASE: "the comparison of servers"})
    command = ["docker", "buildx", "build", "--quiet", f"--tag={IMAGE}", "--file=-", str(FOLDER)]
    with saying(f"building {IMAGE}"):
        done = subprocess.run(
            command, input=DOCKERFILE, env=engine.environment(), capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise PlimsollError(f"{IMAGE} does not build: {done.stderr.strip()[-300:]}", "fix that, then run this again")


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of rounds: give 1 or more")
    return int(text)


def main() -> int:
    """Print the comparison; what the user can fix is told in one line."""
    parser = argparse.ArgumentParser(prog="make servers", description="Servers for catweb, compared in requests/s.")
    parser.add_argument("rounds", nargs="?", type=_rounds, default=ROUNDS, help="how often each is asked, in turn")
    rounds = parser.parse_args().rounds
    try:
        engine_setup.ensure()
        print(compare(rounds), end="")
    except PlimsollError as error:
        print(f"plimsoll: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
