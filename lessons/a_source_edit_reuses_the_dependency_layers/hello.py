"""A program to be edited."""

print("Hello.")
