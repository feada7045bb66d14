FROM plimsoll/catweb:prod
COPY --chown=65532:65532 cache/ /cache/
# Python writes its byte code here, anew in every container, each time into the container's own layer.
ENV PYTHONDONTWRITEBYTECODE= \
    PYTHONPYCACHEPREFIX=/cache
