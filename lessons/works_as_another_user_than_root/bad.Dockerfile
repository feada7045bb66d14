FROM plimsoll/catweb:prod
COPY start.py /app/start.py
USER 0:0
ENTRYPOINT ["python", "start.py"]
