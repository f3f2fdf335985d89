-- What presses is asked for every few seconds.
create index task_protocol on task (protocol, state, recorded_at);
