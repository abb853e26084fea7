"""How a study begins."""
