# 240 weeks of a series by the detectors of surveillance, settings of the bench `weeks`: seconds of processor and wall a
# series, one JSON line each.
suppressMessages(library(surveillance))
set.seed(1)
weeks <- 524
many <- lapply(1:3, function(i) {
  y <- rnbinom(weeks, mu = 6 * exp(.6 * cos(2 * pi * (1:weeks) / 52)), size = 6)
  sts(y, frequency = 52, start = c(2010, 1))
})
range <- (weeks - 239):weeks
tell <- function(name, times, f) {
  f(many[[1]])
  took <- system.time(for (i in 1:times) for (s in many) f(s)) / (times * length(many))
  cat(sprintf('{"program":"surveillance %s","detector":"%s","cpu_s":%.5f,"wall_s":%.5f}\n',
              packageVersion("surveillance"), name, took[[1]] + took[[2]], took[[3]]))
}
tell("flexible", 1, function(s) farringtonFlexible(s, control = list(
  range = range, b = 5, w = 3, reweight = TRUE, weightsThreshold = 2.58, noPeriods = 10, pastWeeksNotIncluded = 26,
  pThresholdTrend = 1, trend = TRUE, thresholdMethod = "nbPlugin", alpha = .05)))
for (method in c("C1", "C2", "C3"))
  tell(method, 20, function(s) earsC(s, control = list(range = range, method = method)))
for (m in list(NULL, "glm")) tell(if (is.null(m)) "cusum" else "cusum_seasonal", 20, function(s)
  algo.cusum(sts2disProg(s), control = list(range = range, k = 1.04, h = 2.26, m = m, trans = "rossi")))
