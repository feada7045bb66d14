FROM plimsoll/node-web:static
STOPSIGNAL SIGQUIT
