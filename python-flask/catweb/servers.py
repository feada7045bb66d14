"""Servers for this app compared, each with the same Python, packages and app, in turn, in containers.

    .venv/bin/python python-flask/catweb/servers.py [ROUNDS]

from the root of the repository, on a quiet machine; wrk asks from a container beside
the server (plimsoll/commands/load.py).
"""

import statistics
import subprocess
import sys
from pathlib import Path

from plimsoll import engine
from plimsoll.commands import load
from plimsoll.containers import container

HERE = Path(__file__).parent
IMAGE = "plimsoll/catweb:servers"
DOCKERFILE = """\
FROM python:3.13-slim-trixie
WORKDIR /src
COPY requirements.lock .
RUN pip install --no-cache-dir --root-user-action=ignore --requirement=requirements.lock \
    && pip install --no-cache-dir --root-user-action=ignore granian==2.8.7 waitress==3.0.2
COPY catweb catweb
"""
GUNICORN = "gunicorn --bind=0.0.0.0:5000 --worker-tmp-dir=/dev/shm --no-control-socket catweb:create_app()"
WEIGHED = "import os; from granian import _granian; print(os.stat(_granian.__file__).st_size)"
SERVERS = {
    "Flask's development server": "flask --app=catweb run --host=0.0.0.0",
    "gunicorn, sync, 1 process": GUNICORN,
    "gunicorn, sync, 2 processes": f"{GUNICORN} --preload --workers=2",
    "gunicorn, 4 threads": f"{GUNICORN} --worker-class=gthread --threads=4",
    "gunicorn, 2 processes of 4 threads": f"{GUNICORN} --worker-class=gthread --threads=4 --preload --workers=2",
    "the same with an access log": f"{GUNICORN} --worker-class=gthread --threads=4 --preload --workers=2 "
    "--access-logfile=-",
    "waitress, 4 threads": "waitress-serve --listen=0.0.0.0:5000 --call catweb:create_app",
    "granian, 1 process": "granian --interface=wsgi --host=0.0.0.0 --port=5000 --factory catweb:create_app",
    "granian, 2 processes": "granian --interface=wsgi --host=0.0.0.0 --port=5000 --workers=2 --factory "
    "catweb:create_app",
}


def main(rounds: int) -> None:
    build = ["docker", "buildx", "build", "--quiet", f"--tag={IMAGE}", "--file=-", str(HERE)]
    subprocess.run(build, input=DOCKERFILE, text=True, env=engine.environment(), check=True)
    load.prepare()
    rates: dict[str, list[float]] = {name: [] for name in SERVERS}
    for _ in range(rounds):
        for name, command in SERVERS.items():
            with container.started(IMAGE, port=5000, command=command) as running:
                running.wait_until_answering()
                load.requests_per_second(running, "/", seconds=1)
                rates[name].append(load.requests_per_second(running, "/"))
    first = statistics.median(next(iter(rates.values())))
    print("| server | requests/s | lowest to highest | |\n| --- | ---: | --- | ---: |")
    for name, each in rates.items():
        middle = statistics.median(each)
        print(f"| {name} | {middle:.0f} | {min(each):.0f} to {max(each):.0f} | {middle / first:.1f} |")
    with container.started(IMAGE, command=["python", "-c", WEIGHED]) as running:
        running.wait()
        print(f"granian's extension module: {int(running.logs()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
