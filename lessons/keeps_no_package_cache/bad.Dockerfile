FROM python:3.13-slim-trixie AS deps
RUN pip install flask==3.1.2

FROM plimsoll/rust-cli:prod
