-- Who owes what on a day, by place: a list of gaps counts a day's rows among those of two months.
create index task_due on task (protocol, task, due_at, path, state);
