-- Files that were merged, and only those: with all of them in it, SQLite took the index for the way to the few, where the question
-- is for those that were not, and walked through everybody.
drop index subject_merged;
create index subject_merged on subject (merged_into) where merged_into is not null;
