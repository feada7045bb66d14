FROM python:3.13-slim-trixie AS deps
RUN pip install --no-cache-dir flask

FROM plimsoll/rust-cli:prod
