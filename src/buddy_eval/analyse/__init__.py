"""What is worked out from clean tables: scores, series, interviews, comparisons; every result a row."""
