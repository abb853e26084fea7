# Exact sign-flip p-values by R's exactRankTests, Welch's and the paired t interval by t.test, of invented numbers.
#
#   Rscript tests/reference/compare.R > tests/reference/compare.json
#
# R 4.2.2, exactRankTests 0.8-35, jsonlite. perm.test takes whole numbers, so the gaps are in tenths of a point.
suppressMessages(library(exactRankTests))

tenths <- list(
  four = c(3, 5, 2, 8),
  six = c(7, -2, 11, 4, 9, 6),
  eight = c(5, -3, 12, 8, -1, 6, 9, 2),
  tied = c(4, 4, -4, 4, 4, -4, 4, 4),
  ten = c(-6, 3, -9, -14, 2, -5, -8, 1, -11, -7),
  null = c(2, -2, 5, -5, 9, -9, 4)
)
flipped <- lapply(tenths, function(gaps) {
  shown <- t.test(gaps / 10)
  list(
    gaps = gaps / 10,
    p_value = perm.test(gaps, rep(0, length(gaps)), paired = TRUE, exact = TRUE)$p.value,
    estimate = unname(shown$estimate), ci_low = shown$conf.int[1], ci_high = shown$conf.int[2]
  )
})

sides <- list(
  equal = list(supporter = c(4, 3.6, 4.2, 3.8, 4.4, 3), receiver = c(3.2, 3, 4.2, 2.4, 3.6, 2.8)),
  unequal = list(supporter = c(4.6, 4.2, 5), receiver = c(3.4, 2.6, 2.2, 4.8, 1.8, 3, 2.4, 4, 3.8)),
  one_flat = list(supporter = c(4, 4, 4, 4), receiver = c(3, 2.5, 4, 3.5, 2))
)
welch <- lapply(sides, function(scores) {
  interval <- t.test(scores$supporter, scores$receiver, var.equal = FALSE)$conf.int
  c(scores, list(estimate = mean(scores$supporter) - mean(scores$receiver), ci_low = interval[1], ci_high = interval[2]))
})
cat(jsonlite::toJSON(list(flipped = flipped, welch = welch), auto_unbox = TRUE, digits = 10, pretty = 1), "\n")
