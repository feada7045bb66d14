FROM plimsoll/go-gin:prod
# The server ends on SIGTERM and knows nothing of this one: it is killed when the grace period is over.
STOPSIGNAL SIGURG
