FROM plimsoll/rust-cli:prod
COPY . /
CMD ["/words/bin/orders.txt"]
