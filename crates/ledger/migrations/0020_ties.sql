-- Which persons an entry ties together, in the file of each: who is named in a field, and whom the entry is about. Contacts are traced
-- both ways without a look at the entries themselves.
create table tie ( -- distributed by subject
    subject {uuid} not null,
    register {text} not null,
    field {text} not null,
    at {int} not null,
    other {uuid} not null,
    entry {uuid} not null,
    is_named {bool} not null,
    recorded_at {int} not null,
    path {text} not null,
    primary key (subject, register, field, at, other, entry, is_named, recorded_at, path)
) {strict};

-- Of whom something was corrected, ended or withdrawn: they are few.
create index entry_changed on entry (subject, register) where act <> 'new';
