-- What entries say in fields that lists are narrowed by: found without reading the others.
create table entry_value ( -- distributed by subject
    subject {uuid} not null,
    entry {uuid} not null,
    register {text} not null,
    field {text} not null,
    value {text} not null,
    recorded_at {int} not null,
    primary key (register, field, value, recorded_at, entry, subject)
) {strict};

-- Fields of which every entry stands there that was recorded until then.
create table indexed_field ( -- reference
    register {text} not null,
    field {text} not null,
    complete_to {int} not null,
    primary key (register, field)
) {strict};

-- A village among thousands; the few that were flagged.
create index entry_place on entry (register, path, recorded_at, id, subject);
create index entry_flagged on entry (register, recorded_at, id) where status = 'flagged';
