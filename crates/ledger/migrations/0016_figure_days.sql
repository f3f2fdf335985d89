-- Figures are asked of days: today, the weeks up to now; of a place, as of a moment. When something was recorded narrows hardly anything,
-- so that the index by it goes, and a declaration writes as many rows as before. All that is added up stands in the new one.
create index indicator_delta_day on indicator_delta (indicator, day, path, recorded_at, opens_at, n);
drop index indicator_delta_read;
