"""Registries, read over HTTP without an engine: manifests, and the blobs that they name."""
