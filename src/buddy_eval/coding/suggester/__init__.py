"""A machine that learns from a study's own human codings; what it suggests never counts as a coding."""
