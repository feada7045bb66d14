FROM plimsoll/go-gin:prod
