-- What was recorded until `summed_to` of meta and is open to everybody, added up over time: of every region down to the fourth step
-- of its path, and of what lies in the region itself (`own`). Two years of a whole city are read without their millions of rows.
create table indicator_sum ( -- distributed by path
    path {text} not null,
    indicator {text} not null,
    own {bool} not null,
    steps {int} not null,
    day {int} not null,
    sector {text} not null,
    bucket {text} not null,
    n {int} not null,
    primary key (path, indicator, own, day, sector, bucket)
) {strict};
create index indicator_sum_steps on indicator_sum (indicator, steps, own, day, path, bucket, sector, n);

-- What was recorded since then, and what is not for everybody yet, are added row by row.
create index indicator_delta_recorded on indicator_delta (recorded_at) where opens_at is null;
create index indicator_delta_opens on indicator_delta (opens_at) where opens_at is not null;
