"""What this repository does with itself; the judge knows nothing of it."""
