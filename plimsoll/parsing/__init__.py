"""Reading what people write: Dockerfiles, shell."""
