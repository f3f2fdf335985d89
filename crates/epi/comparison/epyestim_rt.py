"""R over 1,000 days in windows of a week by epyestim: seconds of processor and wall of one series, one JSON line.

Posterior and seven quantiles for a known interval, without its smoothing and resampling of the cases.
"""

import json
import math
import time

import pandas
import epyestim
from epyestim.distributions import discretise_gamma
from epyestim.estimate_r import estimate_r, gamma_quantiles

days = pandas.date_range("2020-01-01", periods=1000)
cases = pandas.Series([round(40 + 30 * math.sin(day / 60)) for day in range(1000)], index=days)
# A gamma of mean 5 and deviation 2.5, cut as epyestim cuts it; lags as in the bench, which begins at one day.
interval = discretise_gamma(a=(5.0 / 2.5) ** 2, scale=2.5**2 / 5.0)


def once():
    estimates = estimate_r(infections_ts=cases, gt_distribution=interval, a_prior=1, b_prior=5, window_size=7)
    for p in (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975):
        gamma_quantiles(p, estimates["a_posterior"], estimates["b_posterior"])


once()
rounds = 20
wall, processor = time.perf_counter(), time.process_time()
for _ in range(rounds):
    once()
print(
    json.dumps(
        {
            "program": "epyestim " + getattr(epyestim, "__version__", "0.1"),
            "interval": "known",
            "cpu_s": round((time.process_time() - processor) / rounds, 5),
            "wall_s": round((time.perf_counter() - wall) / rounds, 5),
        }
    )
)
