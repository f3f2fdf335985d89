-- A change of policy that somebody proposes: one version of a protocol, or rows of a rule. It is never altered.
create table policy_change ( -- reference
    id {uuid} not null primary key,
    item_table {text} not null,
    item {text} not null,
    version {int},
    source {text} not null,
    effective_on {int} not null,
    reason {text} not null,
    login {uuid} not null,
    author {text} not null,
    digest {text} not null,
    preview {json} not null,
    proposed_at {int} not null
) {strict};
create index policy_change_item on policy_change (item_table, item, proposed_at);

-- What another person decided of it, or its author took back. Once.
create table policy_decision ( -- reference
    change {uuid} not null primary key,
    verdict {text} not null,
    login {uuid} not null,
    decided_by {text} not null,
    reason {text} not null,
    digest {text},
    decided_at {int} not null
) {strict};
