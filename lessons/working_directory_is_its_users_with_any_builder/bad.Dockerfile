FROM plimsoll/catweb:prod
# The base says USER 65532:65532.
WORKDIR /visits
COPY --chown=65532:65532 visits/count.py ./
ENTRYPOINT ["python", "count.py"]
