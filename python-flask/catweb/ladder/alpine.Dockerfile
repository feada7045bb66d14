# Rung 3, a smaller base: musl and busybox below, Python from alpine's packages.
# It needs apk, which a real alpine has and the stand-in of bases/ lacks.

FROM alpine:3.22 AS build
RUN apk add --no-cache python3
WORKDIR /src
RUN python3 -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir -r requirements.lock

FROM alpine:3.22
RUN apk add --no-cache python3
COPY --from=build /venv /venv
WORKDIR /app
COPY catweb catweb
USER 65532:65532
EXPOSE 5000
ENTRYPOINT ["/venv/bin/python", "-m", "gunicorn", "--config=python:catweb.server"]
