FROM plimsoll/go-gin:prod
HEALTHCHECK NONE
