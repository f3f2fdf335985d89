-- Every list asks of each of its entries whether a later one corrected or withdrew it. Most entries replace none and are not in it.
create index entry_replaces on entry (replaces) where replaces is not null;
