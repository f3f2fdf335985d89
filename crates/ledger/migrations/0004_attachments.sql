-- Files that people attach. The content is sealed under a key of its own, which is sealed by the system until an entry cites
-- the file, and from then on under the key of that entry's subject and retention class: when that key is destroyed, the file is.
create table attachment ( -- distributed by id
    id {uuid} not null primary key,
    media_type {text} not null,
    bytes {int} not null,
    content {bytes} not null,
    content_key {bytes} not null,
    scope {text} not null,
    recorded_at {int} not null,
    entry {uuid},
    subject {uuid},
    class {text}
) {strict};
create index attachment_loose on attachment (entry, recorded_at);
create index attachment_scope on attachment (scope, entry);
create index attachment_subject on attachment (subject, class);
