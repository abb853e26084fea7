"""A human-coded random sample of a large text, and what it says of all of it, whatever a machine's errors."""
