FROM plimsoll/go-gin:prod
# The server moves; what it is built on goes on saying 8080, and nothing says 9090.
ENV PORT=9090
