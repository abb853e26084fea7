"""How results are shown: words, tables, pictures."""
