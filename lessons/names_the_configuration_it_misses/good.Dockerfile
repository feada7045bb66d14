FROM plimsoll/catweb:prod
COPY good.py /app/hello.py
CMD ["hello:app"]
