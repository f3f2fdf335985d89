-- How somebody wants to be told of what waits. The address is sealed: a resident's under the key of their identity, so that it
-- goes when that key is destroyed.
create table message_choice ( -- distributed by recipient
    recipient {uuid} not null primary key,
    kind {text} not null,
    channel {text} not null,
    hour {int} not null,
    lang {text} not null,
    address {bytes},
    changed_at {int} not null
) {strict};
create index message_choice_kind on message_choice (kind, channel);

-- Whom a text message went to, by a keyed digest of the number: that is who may have sent a reply.
create table message_number ( -- distributed by digest
    digest {bytes} not null,
    recipient {uuid} not null,
    sent_at {int} not null,
    primary key (digest, recipient)
) {strict};
create index message_number_recipient on message_number (recipient);

-- What leaves the house: one row a message, no address and no words. The day and the purpose are in the key, so that nobody
-- is told the same thing twice a day, whoever asks for it.
create table outbox ( -- distributed by recipient
    recipient {uuid} not null,
    day {int} not null,
    purpose {text} not null,
    id {uuid} not null,
    kind {text} not null,
    channel {text} not null,
    lang {text} not null,
    region {text} not null,
    path {text} not null,
    state {text} not null,
    attempts {int} not null,
    next_try_at {int} not null,
    problem {text},
    recorded_at {int} not null,
    changed_at {int} not null,
    primary key (recipient, day, purpose)
) {strict};
create index outbox_due on outbox (state, next_try_at);
create index outbox_path on outbox (state, path, changed_at);
create index notice_kind on notice (kind, created_at);
