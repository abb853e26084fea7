"""The publish gate: reads what was built, as a stranger would, and refuses with the place and the remedy.

Nothing is brought in here: a run with nothing to do needs the name of the refusal alone.
"""
