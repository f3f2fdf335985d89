-- A link by which somebody without an account writes one register about their own file, once, from the device that opened it
-- first. Link and code come from the id under the master key; only digests lie here. `entry` is the act that invites.
create table invitation ( -- local
    id {uuid} not null primary key,
    subject {uuid} not null,
    entry {uuid} not null,
    link_digest {bytes} not null,
    code_digest {bytes} not null,
    made_at {int} not null,
    expires_at {int} not null,
    device {uuid},
    opened_at {int},
    used_at {int},
    withdrawn_at {int}
) {strict};
create unique index invitation_link on invitation (link_digest);
create unique index invitation_code on invitation (code_digest);
create index invitation_subject on invitation (subject, made_at);
create index invitation_device on invitation (device, opened_at);
