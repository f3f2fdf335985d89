-- Whose account it is, where rights go with a post: the role is then the person's only while they hold it.
alter table login add column person {uuid};
