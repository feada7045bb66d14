FROM plimsoll/node-web:static
# nginx takes this to mean "at once", whatever it is answering; SIGQUIT means "when you are done".
STOPSIGNAL SIGTERM
