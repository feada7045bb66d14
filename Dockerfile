# The judge in an image: `docker build --tag plimsoll/plimsoll .`
#
#     docker run --rm --volume "$PWD:/src:ro" plimsoll/plimsoll check --depth text .
#
# What text and archives tell needs no more. Images and containers need an engine:
#
#     --volume /var/run/docker.sock:/var/run/docker.sock --group-add "$(stat --format=%g /var/run/docker.sock)"
#
# gives this container yours, and with it your machine: whoever speaks to a socket that is not rootless can start what
# they like there, as root. SECURITY.md says what the judge does with it. Nothing is built from here, since that takes the
# `docker` command with its plugins, and compose files are not read: for these, install the package.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_REQUIRE_HASHES=1 \
    PIP_ROOT_USER_ACTION=ignore
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=bind,source=requirements-run.lock,target=requirements-run.lock \
    pip install --no-compile --requirement=requirements-run.lock
# The interpreter, the packages and all that they ask for; and hadolint, which is a program and no module.
RUN --mount=type=bind,source=python-flask/catweb/closure.py,target=/closure.py \
    python /closure.py /root-fs --import docker --import pydantic --import yaml --import zstandard \
    && cp --parents /usr/local/bin/hadolint /root-fs \
    # Its other half is for Pythons that can't load the first.
    && rm /root-fs/usr/local/lib/python3.*/site-packages/zstandard/_cffi.*
# What is judged by stands where the package has it, compiled: the container may not write.
COPY plimsoll /app/plimsoll
COPY lessons /app/plimsoll/data/lessons
RUN python -m compileall -q --invalidation-mode=unchecked-hash -x 'data/lessons' /app

FROM scratch AS prod
COPY --from=build /root-fs /
COPY --from=build /app /app
# Where a user's folder is mounted; what is said of its files is then said as from there.
WORKDIR /src
USER 65532:65532
# In memory or a mount, where the root file system is read-only.
ENV PATH=/usr/local/bin \
    PLIMSOLL_CACHE=/tmp/plimsoll \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/app
ENTRYPOINT ["python", "-m", "plimsoll"]
CMD ["--help"]
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="plimsoll" \
      org.opencontainers.image.description="Judges container images, Dockerfiles and compose files by measured rules" \
      org.opencontainers.image.source="https://github.com/plimsoll/plimsoll" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED \
      org.opencontainers.image.licenses="MIT"
