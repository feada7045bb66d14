FROM plimsoll/catweb:prod
COPY --chown=65532:65532 visits/count.py /visits/
WORKDIR /visits
ENTRYPOINT ["python", "count.py"]
