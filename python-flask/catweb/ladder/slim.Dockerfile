# Rung 2, the official slim image: the same two stages, Python comes with the base.

FROM python:3.13-slim-trixie AS build
WORKDIR /src
RUN python3 -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir -r requirements.lock

FROM python:3.13-slim-trixie
COPY --from=build /venv /venv
WORKDIR /app
COPY catweb catweb
USER 65532:65532
EXPOSE 5000
ENTRYPOINT ["/venv/bin/python", "-m", "gunicorn", "--config=python:catweb.server"]
