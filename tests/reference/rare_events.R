# Limits of t and g charts of invented series by the R package qicharts2 0.8.1 (Anhoej, GPL-3): its own functions.
#
#   Rscript tests/reference/rare_events.R PACKAGE > tests/reference/rare_events.json
#
# PACKAGE is a folder with the package's sources (https://github.com/anhoej/qicharts2). Moving ranges are
# screened, as NHSRplotthedots does by default and qicharts2 where it is asked to.
package <- commandArgs(trailingOnly = TRUE)[[1]]
source(file.path(package, "R", "helper.functions.R"))
options(qic.screenedmr = TRUE)

charted <- function(between, limits) {
  made <- limits(data.frame(y = between, cl = NA_real_, baseline = TRUE, include = TRUE))
  ends <- c(centre = made$cl[[1]], lower = made$lcl[[1]], upper = made$ucl[[1]])
  named <- paste0('"', names(ends), '": ', sprintf("%.10g", ends), collapse = ", ")
  sprintf('{"between": [%s], %s}', paste(between, collapse = ", "), named)
}
written <- function(series, limits) paste(vapply(series, charted, "", limits), collapse = ",\n  ")

set.seed(20261126)
# hours between failures of a valve: Montgomery (2009) Introduction to Statistical Quality Control, example 7.6
valve <- c(286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96)
times <- c(list(valve), lapply(1:6, function(n) round(rweibull(10 + 4 * n, 0.7 + n / 10, 90), 1) + 0.5))
numbers <- lapply(1:6, function(n) rgeom(10 + 4 * n, 1 / (50 * n)))
cat(sprintf('{"t": [\n  %s],\n"g": [\n  %s]}\n', written(times, qic.t), written(numbers, qic.g)))
