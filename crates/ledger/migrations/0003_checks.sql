-- Phones of checkpoints. A row begins as a one-time code; using it gives the phone its secret, of which only the digest is
-- kept.
create table checkpoint_device ( -- reference
    id {uuid} not null primary key,
    checkpoint {uuid} not null,
    name {text} not null,
    org {uuid},
    made_by {uuid},
    made_at {int} not null,
    code_digest {bytes} not null,
    code_expires_at {int} not null,
    digest {bytes},
    enrolled_at {int},
    revoked_at {int}
) {strict};
create index checkpoint_device_digest on checkpoint_device (digest);
create index checkpoint_device_code on checkpoint_device (code_digest);
create index checkpoint_device_place on checkpoint_device (checkpoint);

-- Which pass a check was of: HMAC of the pass's id under a key of its day, which is destroyed after fourteen days. Only who
-- holds the pass can find its checks with it; no table leads from a check to a pass.
create table check_pass ( -- distributed by digest
    digest {bytes} not null,
    entry {uuid} not null,
    checkpoint {uuid} not null,
    day {int} not null,
    at {int} not null,
    primary key (digest, entry)
) {strict};
create index check_pass_day on check_pass (day);

-- The twelve signs under a pass's code, as the number they write; why a pass was revoked stands in its entry.
alter table certificate add column short_code {int};
create index certificate_short on certificate (short_code);
create index certificate_revoked on certificate (revoked_at);
