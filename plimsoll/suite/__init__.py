"""The pytest plugin: which rules run on what, what they are given, and how a run tells what it found."""
