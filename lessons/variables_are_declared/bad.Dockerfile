FROM scratch AS share
# Nothing sets it in this stage: the file comes to lie in /share//notes.txt.
COPY notes.txt /share/$NAME/notes.txt

FROM plimsoll/rust-cli:prod
