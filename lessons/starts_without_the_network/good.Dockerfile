FROM plimsoll/catweb:prod
COPY good.py /app/start.py
ENTRYPOINT ["python", "start.py"]
