"""The settings of a study, its codebook and its instrument."""
