"""What `import` fills in where a project does not say it; `check` names every cell that still holds it."""

NO_PAIR, NO_TRUST, NO_START = "PAIR1", "NOT SAID", "2000-01-01"
PLACEHOLDER = {
    "pair": NO_PAIR, "side": "external", "role": "operational_nonclinical", "consent": "yes", "quotes": "no"
}  # fmt: skip
