# Rung 5, only what a server needs at run time: the standard library in one zip, no pip, no tests, no terminal.
# The Dockerfile one folder up is this, with its other targets.

FROM python:3.13-slim-trixie AS build
WORKDIR /src
COPY requirements.lock .
RUN pip install --no-cache-dir --root-user-action=ignore -r requirements.lock
COPY closure.py .
RUN python closure.py /root-fs --import flask --import gunicorn.app.wsgiapp --import gunicorn.workers.gthread

FROM scratch
COPY --from=build /root-fs /
WORKDIR /app
COPY catweb catweb
USER 65532:65532
EXPOSE 5000
ENTRYPOINT ["/usr/local/bin/python", "-m", "gunicorn", "--config=python:catweb.server"]
