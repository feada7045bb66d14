# Rung 1, two stages: the packages are installed into a virtual environment, and only that moves to a fresh ubuntu.

FROM ubuntu:24.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
        python3 \
        python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
RUN python3 -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir -r requirements.lock

FROM ubuntu:24.04
RUN apt-get update && apt-get install -y --no-install-recommends \
        python3 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /venv /venv
WORKDIR /app
COPY catweb catweb
USER 65532:65532
EXPOSE 5000
ENTRYPOINT ["/venv/bin/python", "-m", "gunicorn", "--config=python:catweb.server"]
