"""How a study begins, and how it stands."""
