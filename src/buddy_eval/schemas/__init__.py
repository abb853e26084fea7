"""Names, dtypes and keys of every frame; a check that lists all faults at once."""

from buddy_eval.schemas import clean, comparison, kept, raw, results
from buddy_eval.schemas.form import VALUES, Column, Frame, check, conform, empty, frame

SCHEMAS = (*clean.TABLES, *results.TABLES, *comparison.TABLES, *kept.TABLES)
PROCESSED: dict[str, Frame] = {schema.name: schema for schema in SCHEMAS}
