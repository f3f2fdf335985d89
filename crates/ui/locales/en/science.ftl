# The page of estimates.
situation-science = Epidemiology
science-of = Epidemiology of {$region}
science-demo = The cases of the demonstration city are invented; published counts such as new confirmed cases are those of the real city in 2020.
science-figure = Figure
science-show = Estimate
science-empty = No daily figure to look at yet
science-empty-how = Once cases or daily counts are entered, the curve, the reproduction number and doubling times stand here.
science-method = Method:
science-past = Past outbreaks
science-note = Results rest on inputs such as the serial interval and on whether reports are complete; nobody is judged by them. The same can be had from lianfang epi and /api/v1/epi.
