"""What secrets look like, wherever they are: the one list of kinds, names and files, and the search for them."""
