# Corrected prevalence of an invented sample by R's survey package: stratified, with finite-population correction,
# calibrated to the machine's known totals.
#
#   Rscript tests/reference/correct.R tests/reference      writes correct.json there
#
# R 4.2.2, survey 4.1-1, jsonlite.
suppressPackageStartupMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[[1]]

# 180 of 12,000 comments, from three strata of unequal size; a machine that misses some and invents others
set.seed(20240402)
comments <- c(9000, 2400, 600)
sampled <- c(90, 60, 30)
flagged <- c(2300, 500, 210)
stratum <- rep(0:2, sampled)
human <- rbinom(180, 1, c(0.25, 0.15, 0.4)[stratum + 1])
machine <- ifelse(human == 1, rbinom(180, 1, 0.7), rbinom(180, 1, 0.12))
given <- data.frame(stratum, human, machine, size = comments[stratum + 1])

estimated <- function(keep) {
  part <- given[given$stratum %in% keep, ]
  design <- svydesign(~1, strata = ~stratum, fpc = ~size, data = part)
  held <- sum(flagged[keep + 1])
  totals <- c("(Intercept)" = sum(comments[keep + 1]), machine = held)
  found <- svymean(~human, calibrate(design, ~machine, totals))
  list(estimate = as.numeric(found), se = as.numeric(SE(found)))
}

made <- list(
  stratum = stratum, human = human, machine = machine, n_comments = comments, n_machine = flagged,
  all = estimated(0:2), first = estimated(0), rest = estimated(1:2)
)
writeLines(jsonlite::toJSON(made, auto_unbox = TRUE, digits = 10), file.path(folder, "correct.json"))
