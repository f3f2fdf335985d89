-- A task to come is listed once the one before it has opened; that it opens itself is read off the clock.
alter table task add column listed_from {int} not null default 0;
-- What was kept until now says in other words what waits for another task.
insert into wake (subject, wake_at) select distinct subject, cast(0 as bigint) from task where state = 'upcoming'
    on conflict (subject) do update set wake_at = excluded.wake_at;
