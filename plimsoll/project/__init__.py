"""What is here, and what is expected of it: apps, lessons, Dockerfiles, compose files, rules and bases."""
