# The comparison's other views, survey quality and interrupted series by R, of an invented survey and series.
#
#   Rscript tests/reference/views.R tests/reference [DATA]     writes people.csv and views.json there
#
# DATA is a folder with bh1996.csv and bfi.csv (R packages multilevel and psych); only figures are kept of them.
# R 4.2.2: clubSandwich 0.5.8, lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2, multilevel 2.7, psych 2.2.9, nlme 3.1-162.
suppressPackageStartupMessages({
  library(clubSandwich)
  library(lmerTest)
  library(nlme)
})
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[[1]]

set.seed(20240403)
sizes <- matrix(c(9, 14, 22, 7, 12, 12, 6, 17, 15, 10, 8, 19, 11, 13), ncol = 2, byrow = TRUE)
pair <- rep(1:7, rowSums(sizes))
s <- unlist(lapply(1:7, function(g) rep(c(1, 0), sizes[g, ])))
role <- sample(c("board", "clinical_leadership", "operational_clinical"), length(pair), TRUE)
level <- rnorm(7, 0, 0.6)
slope <- rnorm(7, 0.4, 0.7)
score <- round(3.2 + level[pair] + slope[pair] * s + 0.3 * (role == "board") + rnorm(length(pair), 0, 0.7), 1)
people <- data.frame(
  participant = sprintf("P%03d", seq_along(pair)), pair = sprintf("SYN%02d", pair),
  side = ifelse(s == 1, "supporter", "receiver"), role = role, score = score
)
write.csv(people, file.path(folder, "people.csv"), row.names = FALSE)

sandwich_of <- function(fitted, cluster, name) {
  row <- coef_test(fitted, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  row <- row[rownames(row) == name, ]
  list(estimate = row$beta, error = row$SE, df = row$df_Satt, p_value = row$p_Satt)
}
people$s <- s
people$half <- s - 0.5
cr2 <- list(
  roles = sandwich_of(lm(score ~ s + role + factor(pair), people), people$pair, "s"),
  alone = sandwich_of(lm(score ~ s + factor(pair), people), people$pair, "s")
)

tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9))
mixed_of <- function(formula) {
  fitted <- lmer(formula, people, REML = TRUE, control = tight)
  row <- coef(summary(fitted))["half", ]
  kenward <- coef(summary(fitted, ddf = "Kenward-Roger"))["half", ]
  spread <- as.data.frame(VarCorr(fitted))
  list(
    estimate = row[["Estimate"]], error = row[["Std. Error"]], df = row[["df"]],
    kenward_error = kenward[["Std. Error"]], kenward_df = kenward[["df"]],
    level_sd = spread$sdcor[1], gap_sd = spread$sdcor[2], residual_sd = spread$sdcor[4]
  )
}
mixed <- list(
  roles = mixed_of(score ~ half + role + (1 + half | pair)), alone = mixed_of(score ~ half + (1 + half | pair))
)

superiority <- lapply(split(people, people$pair), function(part) {
  x <- part$score[part$s == 1]
  y <- part$score[part$s == 0]
  unname(suppressWarnings(wilcox.test(x, y, exact = FALSE)$statistic)) / (length(x) * length(y))
})

# Paule and Mandel with Hartung and Knapp, written out: equation (2) of DerSimonian and Kacker (2007), section 2
gaps <- c(0.1, 0.9, 0.4, -0.2, 0.55, 1.3)
variances <- c(0.04, 0.09, 0.02, 0.06, 0.03, 0.12)
excess <- function(between) {
  w <- 1 / (variances + between)
  sum(w * (gaps - sum(w * gaps) / sum(w))^2) - (length(gaps) - 1)
}
between <- uniroot(excess, c(0, 10), tol = 1e-12)$root
w <- 1 / (variances + between)
centre <- sum(w * gaps) / sum(w)
error <- sqrt(sum(w * (gaps - centre)^2) / (length(gaps) - 1) / sum(w))
pooled <- list(gaps = gaps, variances = variances, between = between, estimate = centre, error = error)

# omega from one factor by maximum likelihood; item-rest; agreement over items
answers <- read.csv(file.path(folder, "survey.csv"))
answers$Q3 <- 6 - answers$Q3
items <- answers[paste0("Q", 1:5)]
omega_of <- function(items) {
  complete <- items[complete.cases(items), ]
  fitted <- factanal(covmat = cov(complete), factors = 1, control = list(opt = list(factr = 1e2)))
  deviation <- apply(complete, 2, sd)
  common <- sum(fitted$loadings[, 1] * deviation)^2
  common / (common + sum(fitted$uniquenesses * deviation^2))
}
item_rest <- sapply(1:5, function(i) cor(items[[i]], rowMeans(items[-i], na.rm = TRUE), use = "complete.obs"))
full <- complete.cases(items)
side <- paste(answers$pair, answers$side)[full]
quality <- list(
  omega = omega_of(items), item_rest = item_rest,
  rwg_j = with(multilevel::rwg.j(items[full, ], side, 2), setNames(as.list(rwg.j), grpid)),
  rwg_star = with(multilevel::rwg.j.lindell(items[full, ], side, 2), setNames(as.list(rwg.lindell), grpid))
)

# interrupted series with autocorrelation of lag one, REML; months 7 and 20 are missing
set.seed(20240404)
month <- setdiff(1:40, c(7, 20))
noise <- as.numeric(arima.sim(list(ar = 0.5), 40, sd = 1))[month]
value <- round(50 + 0.1 * month + 3 * (month >= 21) + 0.15 * pmax(month - 21, 0) + noise, 2)
since <- data.frame(value, month, late = as.numeric(month >= 21), since = pmax(month - 21, 0))
fitted <- gls(value ~ I(month - 21) + late + since, since, corCAR1(form = ~month), method = "REML", control = glsControl(tolerance = 1e-12, msTol = 1e-12))
interrupted <- list(
  month = month, value = value, start = 21, rho = unname(coef(fitted$modelStruct$corStruct, unconstrained = FALSE)),
  level = coef(fitted)[["late"]], level_error = sqrt(vcov(fitted)["late", "late"]),
  slope = coef(fitted)[["since"]], slope_error = sqrt(vcov(fitted)["since", "since"])
)

made <- list(cr2 = cr2, mixed = mixed, superiority = superiority, pooled = pooled, quality = quality, interrupted = interrupted)
if (length(arguments) > 1) {
  soldiers <- read.csv(file.path(arguments[[2]], "bh1996.csv"))
  made$bh1996 <- list(
    between = sandwich_of(lm(WBEING ~ HRS + LEAD, soldiers), soldiers$GRP, "HRS"),
    within = sandwich_of(lm(WBEING ~ HRS + LEAD + factor(GRP), soldiers), soldiers$GRP, "HRS")
  )
  bfi <- read.csv(file.path(arguments[[2]], "bfi.csv"))
  turned <- bfi
  for (item in c("A1", "C4", "C5", "E2", "E1", "O2", "O5")) turned[[item]] <- 7 - turned[[item]]
  scales <- c("A", "C", "E", "N", "O")
  made$bfi_omega <- setNames(lapply(scales, function(name) omega_of(turned[paste0(name, 1:5)])), scales)
}
writeLines(jsonlite::toJSON(made, auto_unbox = TRUE, digits = 12, pretty = 1), file.path(folder, "views.json"))
