"""From executed notebooks to reports: one accessible page, and Word and PDF derived from it."""
