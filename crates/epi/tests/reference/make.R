# Simulates series and lets the field's own programs compute what the tests of this crate compare with.
#
#   Rscript make.R FOLDER
#
# Needs EpiEstim, surveillance, incidence, fitdistrplus, coarseDataTools. Everything is drawn from seeds that stand here, and the
# versions that were used are written beside the results. Nothing of another data set goes in.
suppressMessages({
  library(EpiEstim); library(surveillance); library(incidence); library(fitdistrplus); library(coarseDataTools)
})
folder <- commandArgs(TRUE)[1]
place <- function(...) {
  path <- file.path(folder, ...)
  dir.create(dirname(path), recursive = TRUE, showWarnings = FALSE)
  path
}
save <- function(table, ...) {
  for (name in names(table)) {
    column <- table[[name]]
    if (is.logical(column)) table[[name]] <- as.integer(column)
    if (is.numeric(column)) table[[name]] <- signif(column, 15)
  }
  write.csv(format(table, digits = 15, trim = TRUE, scientific = NA), place(...), row.names = FALSE, quote = FALSE)
}

# --- reproduction numbers: an outbreak that a measure ends
simulate_outbreak <- function(seed, days, before, after, turn, mean_si, std_si) {
  set.seed(seed)
  w <- discr_si(0:days, mean_si, std_si)
  cases <- c(3, rep(0, days - 1))
  for (t in 2:days) {
    force <- sum(rev(cases[1:(t - 1)]) * w[2:t])
    cases[t] <- rpois(1, (if (t < turn) before else after) * force + 0.3)
  }
  data.frame(t = 1:days, local = c(0, cases[-1]), imported = c(cases[1], rep(0, days - 1)))
}
outbreak <- simulate_outbreak(11, 70, 1.7, 0.6, 36, 5, 2.4)
save(outbreak, "epiestim", "inputs", "sim_outbreak.csv")
known <- discr_si(0:20, 5, 2.4); known <- round(known / sum(known), 4); known[5] <- known[5] + 1 - sum(known)
save(data.frame(k = 0:20, w = known), "epiestim", "inputs", "si_known.csv")
names_out <- c("t_start", "t_end", "mean", "sd", "q0.025", "q0.05", "q0.25", "median", "q0.75", "q0.95", "q0.975")
windows <- function(width) {
  start <- seq(2, 70 - width + 1)
  list(t_start = start, t_end = start + width - 1, mean_prior = 5, std_prior = 5)
}
run <- function(method, more, width = 7) {
  result <- estimate_R(outbreak[, c("local", "imported")], method = method, config = make_config(c(windows(width), more)))
  setNames(result$R, names_out)
}
save(run("parametric_si", list(mean_si = 5, std_si = 2.4)), "epiestim", "outputs", "own01.csv")
save(run("parametric_si", list(mean_si = 5, std_si = 2.4), 1), "epiestim", "outputs", "own02.csv")
save(run("non_parametric_si", list(si_distr = known)), "epiestim", "outputs", "own03.csv")
loose <- list(mean_si = 5, std_mean_si = 0.7, min_mean_si = 3, max_mean_si = 7,
  std_si = 2.4, std_std_si = 0.4, min_std_si = 1.2, max_std_si = 3.6, n1 = 300, n2 = 50)
runs <- lapply(1:8, function(seed) as.matrix(suppressWarnings(run("uncertain_si", c(loose, list(seed = seed))))))
stack <- simplify2array(runs)
mean_of <- as.data.frame(apply(stack, 1:2, mean)); sd_of <- as.data.frame(apply(stack, 1:2, sd))[, -(1:2)]
names(sd_of) <- paste0(names_out[-(1:2)], "_mcsd")
save(cbind(mean_of, sd_of), "epiestim", "outputs", "own04.csv")
cases <- data.frame(case_id = sprintf("own%02d", 1:4), dataset = "sim_outbreak",
  method = c("parametric_si", "parametric_si", "non_parametric_si", "uncertain_si"), width = c(7, 1, 7, 7), step = 1,
  first_t_start = 2, mean_prior = 5, std_prior = 5, mean_si = c(5, 5, NA, 5), std_si = c(2.4, 2.4, NA, 2.4),
  si_file = c(NA, NA, "si_known", NA), std_mean_si = c(NA, NA, NA, 0.7), min_mean_si = c(NA, NA, NA, 3),
  max_mean_si = c(NA, NA, NA, 7), std_std_si = c(NA, NA, NA, 0.4), min_std_si = c(NA, NA, NA, 1.2), max_std_si = c(NA, NA, NA, 3.6))
save(cases, "epiestim", "cases.csv")
start <- 2:64
wt <- wallinga_teunis(outbreak$local + outbreak$imported, method = "parametric_si",
  config = list(t_start = start, t_end = start + 6, mean_si = 5, std_si = 2.4, n_sim = 10))
save(data.frame(t_start = wt$R$t_start, t_end = wt$R$t_end, mean = wt$R[["Mean(R)"]]), "epiestim", "outputs", "own05.csv")
save(data.frame(case_id = "own05", dataset = "sim_outbreak", width = 7, mean_si = 5, std_si = 2.4), "epiestim", "cases_wt.csv")

# --- detectors: eight years of weeks with a season, a slope and two outbreaks
set.seed(12)
weeks <- 8 * 52
mu <- exp(1.6 + 0.001 * (1:weeks) + 0.5 * cos(2 * pi * (1:weeks) / 52))
observed <- rnbinom(weeks, mu = mu, size = 6)
observed[c(200:203, 390:393)] <- observed[c(200:203, 390:393)] + c(12, 20, 15, 8)
first <- as.Date("2012-01-02")
dates <- first + 7 * (seq_len(weeks) - 1)
save(data.frame(t = 1:weeks, observed = observed, date = as.character(dates)), "surveillance", "inputs", "sim_weeks.csv")
plain <- sts(observed, frequency = 52, start = c(2012, 1))
dated <- sts(observed, frequency = 52, start = c(2012, 1), epoch = as.integer(dates)); dated@epochAsDate <- TRUE
range <- 330:weeks
flexible <- data.frame(case_id = sprintf("fx%02d", 1:4), dataset = "sim_weeks", freq = 52, epoch_as_date = c(0, 1, 0, 1),
  range_first = 330, range_last = weeks, b = c(5, 5, 4, 3), w = c(3, 3, 3, 2), reweight = 1,
  weightsThreshold = c(2.58, 2.58, 1, 2.58), noPeriods = c(10, 10, 1, 6), pastWeeksNotIncluded = c(26, 26, 3, 26),
  pThresholdTrend = c(1, 1, 0.05, 1), trend = c(1, 1, 1, 0), thresholdMethod = c("nbPlugin", "muan", "delta", "delta"),
  powertrans = c("2/3", "2/3", "2/3", "1/2"), alpha = c(0.05, 0.01, 0.05, 0.01), populationOffset = 0, limit54_cases = 5,
  limit54_periods = 4)
save(flexible, "surveillance", "cases_farrington_flexible.csv")
for (i in seq_len(nrow(flexible))) {
  c1 <- flexible[i, ]
  s <- suppressWarnings(farringtonFlexible(if (c1$epoch_as_date == 1) dated else plain, control = list(range = range, b = c1$b,
    w = c1$w, reweight = TRUE, weightsThreshold = c1$weightsThreshold, noPeriods = c1$noPeriods,
    pastWeeksNotIncluded = c1$pastWeeksNotIncluded, pThresholdTrend = c1$pThresholdTrend, trend = c1$trend == 1,
    thresholdMethod = c1$thresholdMethod, powertrans = c1$powertrans, alpha = c1$alpha, limit54 = c(5, 4))))
  k <- s@control
  save(data.frame(t = range, observed = observed[range], upperbound = as.vector(upperbound(s)), alarm = as.vector(alarms(s)),
    expected = as.vector(k$expected), pvalue = as.vector(k$pvalue), mu0 = as.vector(k$mu0Vector), phi = as.vector(k$phiVector),
    trend_coef = as.vector(k$trendVector)), "surveillance", "outputs", paste0(c1$case_id, ".csv"))
}
save(data.frame(case_id = "fr01", dataset = "sim_weeks", freq = 52, epoch_as_date = 0, range_first = 330, range_last = weeks, b = 5,
  w = 3, reweight = 1, alpha = 0.05, powertrans = "2/3", trend = 1), "surveillance", "cases_farrington_1996.csv")
s <- farrington(plain, control = list(range = range, b = 5, w = 3, reweight = TRUE, alpha = 0.05, powertrans = "2/3", trend = TRUE,
  limit54 = c(5, 4)))
save(data.frame(t = range, observed = observed[range], upperbound = as.vector(upperbound(s)), alarm = as.vector(alarms(s))),
  "surveillance", "outputs", "fr01.csv")
ears <- data.frame(case_id = paste0("ears", 1:3), dataset = "sim_weeks", method = c("C1", "C2", "C3"), baseline = 7, minSigma = 0,
  alpha = c(0.001, 0.001, 0.025), range_first = c(8, 10, 12), range_last = weeks)
save(ears, "surveillance", "cases_ears.csv")
for (i in 1:3) {
  at <- ears$range_first[i]:weeks
  s <- earsC(plain, control = list(range = at, method = ears$method[i], baseline = 7, minSigma = 0, alpha = ears$alpha[i]))
  save(data.frame(t = at, observed = observed[at], upperbound = as.vector(upperbound(s)), alarm = as.vector(alarms(s))),
    "surveillance", "outputs", paste0(ears$case_id[i], ".csv"))
}
disease <- create.disProg(week = 1:weeks, observed = observed, state = rep(0, weeks), freq = 52, start = c(2012, 1))
sums <- data.frame(case_id = paste0("cusum", 1:3), dataset = "sim_weeks", freq = 52, range_first = 330, range_last = weeks,
  k = c(1.04, 0.75, 1.04), h = c(2.26, 3, 2.26), m = c("mean_of_training", "mean_of_training", "glm"),
  trans = c("standard", "anscombe", "rossi"))
save(sums, "surveillance", "cases_cusum.csv")
for (i in 1:3) {
  control <- list(range = range, k = sums$k[i], h = sums$h[i], trans = sums$trans[i], m = if (sums$m[i] == "glm") "glm" else NULL)
  s <- algo.cusum(disease, control = control)
  save(data.frame(t = range, observed = observed[range], cusum = as.vector(s$cusum), upperbound = as.vector(s$upperbound),
    alarm = as.vector(s$alarm)), "surveillance", "outputs", paste0(sums$case_id[i], ".csv"))
}
simple <- data.frame(case_id = c("rki1", "rki3", "bayes1", "bayes3"), dataset = "sim_weeks", method = c("rki1", "rki3", "bayes1", "bayes3"),
  b = c(0, 2, 0, 2), w = c(6, 4, 6, 4), actY = c(1, 0, 1, 0), alpha = c(NA, NA, 0.05, 0.05), range_first = 330, range_last = weeks)
save(simple, "surveillance", "cases_rki_bayes_cdc.csv")
for (name in simple$method) {
  s <- get(paste0("algo.", name))(disease, control = list(range = range))
  save(data.frame(t = range, observed = observed[range], upperbound = as.vector(s$upperbound), alarm = as.vector(s$alarm)),
    "surveillance", "outputs", paste0(name, ".csv"))
}

# --- growth: the outbreak of above by day
curve <- as.incidence(outbreak$local + outbreak$imported, dates = as.Date("2021-03-01") + 0:69, interval = 1)
save(data.frame(t = 1:70, date = as.character(curve$dates), count = as.vector(curve$counts)), "growth", "inputs", "grow_sim.csv")
best <- fit_optim_split(curve, plot = FALSE)
row_of <- function(part, f) {
  ci <- f$info$r.conf
  d <- function(x, y) if (is.null(x)) rep(NA, 3) else c(x, y)
  dbl <- d(f$info$doubling, f$info$doubling.conf); hlv <- d(f$info$halving, f$info$halving.conf)
  data.frame(case_id = "grow", part = part, dataset = "sim", interval_days = 1, split = "optim", r = f$info$r, r_lo = ci[1], r_hi = ci[2],
    doubling = dbl[1], doubling_lo = dbl[2], doubling_hi = dbl[3], adj_r2 = summary(f$model)$adj.r.squared,
    n_nonzero = nrow(f$model$model), intercept = coef(f$model)[[1]], halving = hlv[1], halving_lo = hlv[2], halving_hi = hlv[3])
}
save(rbind(row_of("before", best$fit$before), row_of("after", best$fit$after)), "growth", "cases.csv")

# --- numbers infected
set.seed(13)
numbers <- rnbinom(800, mu = 0.8, size = 0.3)
save(data.frame(case_id = seq_along(numbers), offspring = numbers), "offspring", "inputs", "sim_offspring.csv")
negative <- fitdist(numbers, "nbinom")
save(data.frame(case_id = "off", dataset = "sim_offspring", n_cases = 800, n_links = sum(numbers), max_offspring = max(numbers),
  prop_zero = mean(numbers == 0), R_mle = mean(numbers), k_fitdist = negative$estimate[["size"]], k_se_fitdist = negative$sd[["size"]],
  R_se_fitdist = negative$sd[["mu"]], loglik_poisson = sum(dpois(numbers, mean(numbers), log = TRUE)),
  loglik_geometric = sum(dnbinom(numbers, mu = mean(numbers), size = 1, log = TRUE))), "offspring", "cases.csv")

# --- delays
set.seed(14)
delay <- rgamma(150, 3, 0.5)
save(data.frame(left = floor(delay), right = floor(delay) + 1), "delays", "inputs", "sim_interval.csv")
save(data.frame(left = round(delay, 2), right = round(delay, 2)), "delays", "inputs", "sim_exact.csv")
rows <- NULL
for (kind in c("exact", "interval")) for (dist in c("gamma", "lnorm", "weibull")) {
  f <- if (kind == "exact") fitdist(round(delay, 2), dist) else
    fitdistcens(data.frame(left = floor(delay), right = floor(delay) + 1), dist)
  rows <- rbind(rows, data.frame(case_id = paste(kind, dist, sep = "_"), dataset = "sim", kind = kind, n = 150, dist = dist,
    par1 = f$estimate[[1]], par2 = f$estimate[[2]], se1 = f$sd[[1]], se2 = f$sd[[2]], loglik = f$loglik, aic = f$aic))
}
save(rows, "delays", "cases.csv")
onset <- runif(60, 2, 3); began <- onset - pmin(delay[1:60] / 3, 2)
double <- data.frame(EL = floor(began), ER = floor(began) + 1, SL = floor(onset) + 1, SR = floor(onset) + 2, type = 0)
double$SL <- pmax(double$SL, double$ER); double$SR <- double$SL + 1
save(double, "delays", "inputs", "sim_dic.csv")
invisible(capture.output(fit <- dic.fit(double, dist = "L", ptiles = c(0.05, 0.95))))
e <- fit@ests
save(data.frame(case_id = "dic", dataset = "sim", n = 60, dist = "lnorm", quantity = rownames(e), est = e[, 1], ci_lo = e[, 2],
  ci_hi = e[, 3], se = e[, 4], loglik = fit@loglik), "delays", "cases_dic.csv")

# --- nowcasts
set.seed(15)
day <- as.Date("2021-06-01") + sort(sample(0:39, 700, TRUE, prob = exp(0.05 * (0:39))))
late <- pmin(rnbinom(700, mu = 3, size = 2), 12)
save(data.frame(event_date = as.character(day), report_date = as.character(day + late)), "nowcast", "inputs", "sim_reports.csv")
now <- as.Date("2021-07-08"); when <- seq(now - 9, now, by = 1)
rows <- NULL
for (method in c("lawless", "bayes.notrunc.bnb", "bayes.trunc")) {
  set.seed(1)
  invisible(capture.output(n <- suppressWarnings(suppressMessages(nowcast(now, when, data.frame(e = day, r = day + late), "e", "r", method, D = 12,
    control = list(N.tInf.max = 400, nSamples = 2000,
      N.tInf.prior = structure("poisgamma", mean.lambda = 30, var.lambda = 900), dRange = c(min(day), now)))))))
  at <- match(when, epoch(n, as.Date = TRUE))
  name <- paste0("now_", method)
  save(data.frame(date = as.character(when), reported_so_far = as.vector(observed(n))[at], nowcast_median = as.vector(upperbound(n))[at],
    lo = n@pi[at, 1, 1], hi = n@pi[at, 1, 2]), "nowcast", "outputs", paste0(name, ".csv"))
  save(data.frame(d = seq_along(n@delayCDF[[1]]) - 1, cdf = n@delayCDF[[1]]), "nowcast", "outputs", paste0(name, "_delaycdf.csv"))
  rows <- rbind(rows, data.frame(case_id = name, dataset = "sim_reports", now = as.character(now), when_first = as.character(min(when)),
    when_last = as.character(now), D = 12, m = "all", method = method, alpha = 0.05, N_tInf_max = 400, prior_mean_lambda = 30,
    prior_var_lambda = 900, gd_prior_kappa = 0.1))
}
save(rows, "nowcast", "cases.csv")

versions <- sapply(c("EpiEstim", "surveillance", "incidence", "fitdistrplus", "coarseDataTools"), function(p) as.character(packageVersion(p)))
writeLines(c(R.version.string, paste(names(versions), versions)), place("VERSIONS.txt"))
