FROM plimsoll/catweb:prod
COPY bad.py /app/hello.py
CMD ["hello:app"]
