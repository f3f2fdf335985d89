-- Lists are walked newest first. Place, day and state stand beside the order, so that entries which do not fit are passed without a
-- look at them.
drop index entry_list;
create index entry_list on entry (register, recorded_at, id, path, at, status, subject);
-- The few that were flagged are found by their state first: no other index leads by so much.
drop index entry_flagged;
create index entry_flagged on entry (status, register, recorded_at, id, path, at, subject) where status = 'flagged';
