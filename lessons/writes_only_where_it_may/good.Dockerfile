FROM plimsoll/catweb:prod
COPY --chown=65532:65532 cache/ /cache/
ENV PYTHONDONTWRITEBYTECODE= \
    PYTHONPYCACHEPREFIX=/tmp
