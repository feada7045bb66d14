FROM plimsoll/rust-cli:prod
# The README comes along, and with every word in it another layer.
COPY . /texts/
