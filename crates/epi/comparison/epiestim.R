# R over 1,000 days in 993 windows of a week, as the bench `rt` does: seconds of processor and wall, one JSON line.
# Argument `uncertain` adds the interval that is known with error, 500 intervals of 50 draws.
suppressMessages(library(EpiEstim))
day <- 0:999
cases <- round(40 + 30 * sin(day / 60))
data <- data.frame(local = c(0, cases[-1]), imported = c(cases[1], rep(0, 999)))
windows <- list(t_start = 2:994, t_end = 8:1000)
known <- make_config(c(windows, list(mean_si = 5, std_si = 2.5)))
estimate_R(data, method = "parametric_si", config = known) -> warm
took <- system.time(for (i in 1:5) estimate_R(data, method = "parametric_si", config = known)) / 5
cat(sprintf('{"program":"EpiEstim %s","interval":"known","cpu_s":%.4f,"wall_s":%.4f}\n',
            packageVersion("EpiEstim"), took[[1]] + took[[2]], took[[3]]))
if ("uncertain" %in% commandArgs(TRUE)) {
  drawn <- suppressWarnings(make_config(c(windows, list(
    mean_si = 5, std_mean_si = .7, min_mean_si = 3, max_mean_si = 7,
    std_si = 2.5, std_std_si = .4, min_std_si = 1.2, max_std_si = 3.6, n1 = 500, n2 = 50, seed = 1))))
  took <- system.time(suppressWarnings(estimate_R(data, method = "uncertain_si", config = drawn)))
  cat(sprintf('{"program":"EpiEstim %s","interval":"uncertain","cpu_s":%.2f,"wall_s":%.2f}\n',
              packageVersion("EpiEstim"), took[[1]] + took[[2]], took[[3]]))
}
