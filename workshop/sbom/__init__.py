"""What is in an image and where that came from: an SBOM generator for BuildKit, which runs as a container of the build.

Its container holds this package and what `requirements.lock` names, nothing else of the repository.
"""
