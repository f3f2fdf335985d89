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

# The page of signals.
situation-signals = Signals
signals-of = Signals of {$region}
signals-empty = No detector to look at
signals-empty-how = A pack defines detectors as protocols that watch an estimate; the packs on surveillance, sentinels, schools, pharmacies and requests have some.
signals-areas = Areas
signals-open-by = Open signals
signals-grade = Grade
signals-none = none
signals-agree = Several sources agree
signals-single = One source
signals-detectors = Detectors
signals-detector = Detector
signals-raised = Raised
signals-open = Open
signals-false = False alarms, of those judged
signals-in-time = Verified in time
signals-expected = False alarms a week to expect: low / medium / high
signals-sensitivity = Sensitivity in force: {$grade}
signals-expected-how = EARS C2 at alpha 0.00001, 0.001 and 0.01. Simulated for this county: ten years of quiet weeks with the mean and the spread of its last four, always from the same seed; weekdays and seasons are not simulated. The same can be had from lianfang epi alarms. Sensitivity is the setting signal_sensitivity.
signals-expected-where = Choose a county above: what each grade of sensitivity is expected to cost is told for one county.
signals-sources = By source, as verified
signals-source = Source
signals-delay = Days from the first onset to the signal, median
signals-note = A signal is a figure above what is usual, and nobody's name. It is verified, assessed and answered, or dismissed with a reason; a dismissal counts as a false alarm.
