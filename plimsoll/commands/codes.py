"""Exit codes: what a command's end means to whoever called it."""

CLEAN = 0
FOUND = 1
UNREADABLE = 2
INTERNAL = 3
UNREAD = 141
"""What a shell calls the end of a program whose reader has gone."""

TABLE = f"""\
exit codes:
  {CLEAN}    nothing was found that is as grave as --fail-on says
  {FOUND}    something was
  {UNREADABLE}    what is asked for can't be read or written; nothing was judged, or not what --require asks
  {INTERNAL}    an internal error: one line, and a file to send
  130  interrupted by Ctrl-C
  143  ended by SIGTERM
Where several hold, the highest counts. A rule that could not be judged is told, and alone changes none of them.
"""
