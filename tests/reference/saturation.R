# Expected codes without an order of interviews, and Chao's lower bound, by R 4.2.2 and its vegan 2.6-4:
#   Rscript tests/reference/saturation.R > tests/reference/saturation.json
# One row a person, one column a code; the incidence is written out, so that the tests read the same one.
suppressPackageStartupMessages(library(vegan))
codes <- list(
  mixed = rbind(c(1, 1, 0, 0, 1, 0), c(1, 0, 1, 0, 0, 0), c(1, 1, 1, 0, 0, 0), c(1, 0, 0, 1, 0, 0), c(0, 1, 0, 0, 0, 1)),
  no_pairs = rbind(c(1, 1, 0, 0), c(1, 0, 1, 0), c(1, 0, 0, 1), c(1, 0, 0, 0)),
  all_heard = rbind(c(1, 1), c(1, 1), c(1, 1))
)
one <- function(heard) {
  pool <- specpool(heard)
  list(
    heard = heard, chao = pool$chao,
    expected = as.numeric(specaccum(heard, method = "exact")$richness)
  )
}
numbers <- function(x) paste0("[", paste(format(x, digits = 15, trim = TRUE), collapse = ", "), "]")
rows <- function(m) paste0("[", paste(apply(m, 1, numbers), collapse = ", "), "]")
parts <- vapply(names(codes), function(name) {
  case <- one(codes[[name]])
  sprintf(
    ' "%s": {"heard": %s, "chao": %s, "expected": %s}',
    name, rows(case$heard), format(case$chao, digits = 15), numbers(case$expected)
  )
}, "")
cat("{\n", paste(parts, collapse = ",\n"), "\n}\n", sep = "")
