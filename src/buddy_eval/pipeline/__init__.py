"""The visible list of steps, and how they are run."""
