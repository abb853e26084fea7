# ICC(1) of unequal groups in base R: the mean size that MSB rests on, and Wald's exact interval by generalised least
# squares with the whole covariance matrix. Run: Rscript tests/reference/icc.R > tests/reference/icc.json
sizes <- c(3, 4, 5, 9, 30)
group <- rep(seq_along(sizes), sizes)
value <- round(3 + c(0.8, -0.5, 0.1, 0.4, -0.6)[group] + 0.9 * sin(7 * seq_along(group)), 2)
squares <- anova(lm(value ~ factor(group)))[["Mean Sq"]]
k <- length(sizes); n <- length(value)
size <- (n - sum(sizes^2) / n) / (k - 1)
icc <- (squares[1] - squares[2]) / (squares[1] + (size - 1) * squares[2])
same <- outer(group, group, "==")
pivot <- function(theta) {
  inverse <- solve(diag(n) + theta * same)
  fit <- function(x) { b <- solve(t(x) %*% inverse %*% x, t(x) %*% inverse %*% value); r <- value - x %*% b
                       as.numeric(t(r) %*% inverse %*% r) }
  (fit(matrix(1, n, 1)) - fit(model.matrix(~ factor(group)))) / (k - 1) / squares[2]
}
end <- function(tail) {
  theta <- uniroot(function(theta) pivot(theta) - qf(tail, k - 1, n - k), c(-1 / max(sizes) + 1e-4, 1e4), tol = 1e-12)$root
  theta / (1 + theta)
}
cat(sprintf('{"group": [%s], "value": [%s], "size": %.12f, "icc1": %.12f, "low": %.12f, "high": %.12f}\n',
            paste(group - 1, collapse = ", "), paste(value, collapse = ", "), size, icc, end(0.975), end(0.025)))
