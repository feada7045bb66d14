"""Facts about text: Dockerfiles, their steps and health checks, sources, and what linters say."""
