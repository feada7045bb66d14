FROM plimsoll/catweb:prod
COPY start.py /app/start.py
USER 65532:65532
ENTRYPOINT ["python", "start.py"]
