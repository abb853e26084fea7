# Limits and special causes of invented series by the R package NHSRplotthedots 0.2.2 (NHS-R Community, MIT licence).
#
#   Rscript tests/reference/xmr.R PACKAGE > tests/reference/xmr.json
#
# PACKAGE is a folder with the package's sources (https://github.com/nhs-r-community/NHSRplotthedots): the functions
# that calculate are run, without the plots. Also needed: dplyr (below 1.1, `.default` of case_when reads `TRUE`),
# rlang, stringr, tidyselect, jsonlite.
suppressPackageStartupMessages({
  library(dplyr)
  library(rlang)
})
package <- commandArgs(trailingOnly = TRUE)[[1]]
source(file.path(package, "R", "ptd_spc_standard.R"))
source(file.path(package, "R", "ptd_calculate_point_type.R"))

options <- list(value_field = "value", date_field = "day", screen_outliers = TRUE)
charted <- function(value) {
  made <- data.frame(value = value, day = seq_along(value), rebase = 0) %>%
    ptd_spc_standard(options) %>%
    ptd_calculate_point_type(1)
  list(
    values = value, centre = made$mean_col[[1]], lower = made$lpl[[1]], upper = made$upl[[1]],
    causes = made$special_cause_type
  )
}

series <- list(
  quiet = c(50, 53, 49, 51, 48, 52, 50, 47, 51, 53, 49, 50, 52, 48),
  # the series of the package's vignette "Deviations from Excel defaults"
  screened = c(1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1),
  point = c(50, 53, 49, 51, 48, 52, 50, 66, 51, 53, 49, 50, 52, 48),
  shift = c(50, 53, 49, 51, 48, 52, 47, 54, 55, 53, 56, 54, 55, 53, 49, 50, 48, 52, 46, 47, 50, 48),
  six_on_a_side = c(50, 53, 49, 51, 48, 52, 47, 54, 55, 53, 56, 54, 55, 49, 50, 48, 54, 46, 47, 54, 48, 52),
  rise = c(52, 49, 51, 46, 47, 48, 50, 52, 53, 55, 51, 48, 52, 50, 49, 51),
  fall = c(50, 49, 51, 55, 53, 52, 50, 48, 47, 46, 51, 48, 52, 50, 49, 51),
  six_rising = c(52, 49, 51, 46, 47, 48, 50, 52, 53, 49, 51, 48, 52, 50, 49, 51),
  # falls while it is above the mean for longer than seven points: the trend counts before the side
  fall_above_the_mean = c(
    58, 60, 58, 59, 57.4, 57, 56.4, 56, 55.4, 55, 54.4, 54, 48, 49, 47, 48, 50, 47, 49, 48, 46, 48, 49, 47
  ),
  two_of_three = c(50, 51, 50, 49, 50, 51, 50, 49, 53.4, 51, 53.4, 50, 49, 50, 51, 50, 49, 50, 51, 50, 49, 50),
  one_of_three = c(50, 51, 50, 49, 50, 51, 50, 49, 53.4, 51, 50, 51, 53.4, 50, 51, 50, 49, 50, 51, 50, 49, 50),
  two_on_two_sides = c(50, 51, 50, 49, 50, 51, 50, 53, 47, 51, 50, 49, 50, 51, 50, 49, 50, 51, 50, 49, 50)
)
set.seed(20240401)
for (number in 1:24) {
  walk <- cumsum(rnorm(24, 0, 0.6)) + cumsum(rnorm(24, 0, 0.3)) + rnorm(24, 0, 2 - number / 16)
  series[[sprintf("drawn_%02d", number)]] <- round(100 + walk, if (number %% 2) 0 else 2)
}
cat(jsonlite::toJSON(lapply(series, charted), auto_unbox = TRUE, digits = 10), "\n")
