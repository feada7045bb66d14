"""Rules about a Dockerfile's text: what BuildKit and hadolint find, under the rules that it belongs to, and our own.

`diagnostics` are what hadolint says, with BuildKit where an engine answers, `build_checks` what BuildKit alone can say.
"""
