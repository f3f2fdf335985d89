-- What was recorded more than a day after it happened. A list of past days is walked from the day after their end on, and these are
-- what it would miss. Most entries are recorded the same day and are not in it.
create index entry_late on entry (register, at, recorded_at) where recorded_at > at + 86400000;
