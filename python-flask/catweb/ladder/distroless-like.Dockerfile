# Rung 4, no operating system: Python as it is installed, the shared libraries that it asks for, and nothing else.

FROM python:3.13-slim-trixie AS build
WORKDIR /src
RUN python3 -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir -r requirements.lock
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# Each library under the path at which the loader looks for it; `ldd` also names the loader itself.
RUN mkdir /root-fs \
    && ldd /usr/local/bin/python3.13 /usr/local/lib/python3.13/lib-dynload/*.so \
        | grep -oE '/[^ :]+ \(0x' \
        | cut -d' ' -f1 \
        | sort -u \
        | xargs cp --dereference --parents --target-directory=/root-fs

FROM scratch
COPY --from=build /root-fs /
COPY --from=build /usr/local /usr/local
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /venv /venv
WORKDIR /app
COPY catweb catweb
USER 65532:65532
EXPOSE 5000
ENTRYPOINT ["/venv/bin/python", "-m", "gunicorn", "--config=python:catweb.server"]
