FROM plimsoll/catweb:prod
COPY bad.py /app/start.py
ENTRYPOINT ["python", "start.py"]
