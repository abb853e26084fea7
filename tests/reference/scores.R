# Reliability of an invented survey by R: psych (alpha, Feldt's interval, ICC), multilevel (ICC1, ICC2, rwg), t.test.
#
#   Rscript tests/reference/scores.R tests/reference      writes survey.csv and scores.json there
#
# R 4.2.2, psych 2.2.9, multilevel 2.7, jsonlite.
suppressPackageStartupMessages({
  library(psych)
  library(multilevel)
})
folder <- commandArgs(trailingOnly = TRUE)[[1]]

# 47 people on both sides of four pairs, five items of which Q3 is reversed; answers as given, some of them missing.
set.seed(20240402)
sizes <- c(4, 6, 7, 5, 8, 3, 6, 8)
group <- rep(seq_along(sizes), sizes)
trait <- rnorm(length(sizes), 0, 0.6)[group] + rnorm(length(group), 0, 0.8)
answers <- sapply(1:5, function(item) round(pmin(5, pmax(1, 3.1 + trait + rnorm(length(group), 0, 0.9)))))
answers[, 3] <- 6 - answers[, 3]
answers[cbind(sample(nrow(answers), 9), sample(5, 9, replace = TRUE))] <- NA
answers[11, 1:3] <- NA
colnames(answers) <- paste0("Q", 1:5)
survey <- data.frame(
  participant = sprintf("R%02d", seq_along(group)),
  pair = sprintf("SYN%02d", (group + 1) %/% 2),
  side = ifelse(group %% 2 == 1, "supporter", "receiver"),
  answers
)
write.csv(survey, file.path(folder, "survey.csv"), row.names = FALSE, na = "")

turned <- survey
turned$Q3 <- 6 - turned$Q3
items <- turned[paste0("Q", 1:5)]
alpha_of <- function(rows) {
  complete <- sum(complete.cases(items[rows, ]))
  value <- psych::alpha(items[rows, ])$total$raw_alpha
  interval <- psych::alpha.ci(value, n.obs = complete, n.var = 5)
  list(estimate = value, ci_low = interval$lower.ci, ci_high = interval$upper.ci, n = complete)
}
turned$score <- ifelse(rowSums(!is.na(items)) >= 3, rowMeans(items, na.rm = TRUE), NA)
valid <- turned[!is.na(turned$score), ]
valid$group <- factor(paste(valid$pair, valid$side))
fitted <- aov(score ~ group, data = valid)
described <- lapply(split(valid$score, valid$group), function(score) {
  list(n = length(score), mean = mean(score), sd = sd(score), interval = as.numeric(t.test(score)$conf.int))
})
agreed <- multilevel::rwg(valid$score, valid$group, ranvar = 2)

# ten groups of six: with equal groups every program means the same
balanced <- matrix(round(rnorm(10, 0, 1)[rep(1:10, 6)] + rnorm(60, 10, 1.5), 2), nrow = 10)
shrout <- psych::ICC(balanced, lmer = FALSE)$results
long <- data.frame(value = as.vector(balanced), group = factor(rep(1:10, 6)))
bliese <- aov(value ~ group, data = long)

made <- list(
  alpha = list(
    all = alpha_of(TRUE), supporter = alpha_of(turned$side == "supporter"), receiver = alpha_of(turned$side == "receiver")
  ),
  scores = setNames(as.list(turned$score), turned$participant),
  icc1 = multilevel::ICC1(fitted),
  icc2 = multilevel::ICC2(fitted),
  n = nrow(valid),
  within = described,
  rwg = setNames(as.list(agreed$rwg), agreed$grpid),
  balanced = list(
    values = balanced,
    icc1 = multilevel::ICC1(bliese), icc2 = multilevel::ICC2(bliese),
    icc1_low = shrout["Single_raters_absolute", "lower bound"], icc1_high = shrout["Single_raters_absolute", "upper bound"],
    icc2_low = shrout["Average_raters_absolute", "lower bound"], icc2_high = shrout["Average_raters_absolute", "upper bound"],
    psych_icc1 = shrout["Single_raters_absolute", "ICC"], psych_icc2 = shrout["Average_raters_absolute", "ICC"]
  )
)
writeLines(jsonlite::toJSON(made, auto_unbox = TRUE, digits = 10, na = "null", pretty = 1), file.path(folder, "scores.json"))
