-- Entries that are not for everybody yet, one row for each file that they stand in. A row whose moment is past says nothing.
create table embargo ( -- distributed by subject
    subject {uuid} not null,
    entry {uuid} not null,
    register {text} not null,
    org {uuid},
    opens_at {int} not null,
    primary key (subject, entry)
) {strict};
create index embargo_opens on embargo (opens_at);

-- What such an entry adds to the figures counts from that moment on.
alter table indicator_delta add column opens_at {int};
