"""What may leave the team, and who reads."""
