-- What postings added to accounts: two lines for each entry, and the reverse for what a correction
-- takes back. `origin` is the entry that was there first. Lines are never changed.
create table posting_line ( -- distributed by holder
    holder {uuid} not null,
    entry {uuid} not null,
    line {int} not null,
    origin {uuid} not null,
    account {text} not null,
    item {uuid} not null,
    lot {uuid} not null,
    register {text} not null,
    at {int} not null,
    recorded_at {int} not null,
    region {text} not null,
    path {text} not null,
    sector {text} not null,
    amount {int} not null,
    primary key (holder, entry, line)
) {strict};
create index posting_line_entry on posting_line (entry);
create index posting_line_origin on posting_line (origin);
create index posting_line_account on posting_line (account, path, recorded_at);
create index posting_line_lot on posting_line (lot, recorded_at);

-- The sums of the lines, kept so that a floor is judged without reading them.
create table balance ( -- distributed by holder
    holder {uuid} not null,
    account {text} not null,
    item {uuid} not null,
    lot {uuid} not null,
    amount {int} not null,
    primary key (holder, account, item, lot)
) {strict};
