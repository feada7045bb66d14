FROM python:3.13-slim-trixie AS build
WORKDIR /src
RUN --mount=type=bind,source=requirements.txt,target=/context/requirements.txt \
    pip install --no-cache-dir --requirement=/context/requirements.txt
COPY hello.py ./
RUN python -m compileall -q --invalidation-mode=unchecked-hash .
FROM plimsoll/rust-cli:prod
COPY --from=build /src /src
