FROM python:3.13-slim-trixie AS build
WORKDIR /src
# The whole folder is mounted: whatever changes in it, this step runs again.
RUN --mount=type=bind,target=/context \
    pip install --no-cache-dir --requirement=/context/requirements.txt
COPY hello.py ./
RUN python -m compileall -q --invalidation-mode=unchecked-hash .
FROM plimsoll/rust-cli:prod
COPY --from=build /src /src
