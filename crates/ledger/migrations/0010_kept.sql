-- How somebody works and no fact: lists that an account saved, the columns of a sheet that an organisation sends again.
create table kept ( -- reference
    owner {uuid} not null,
    kind {text} not null,
    name {text} not null,
    value {text} not null,
    kept_at {int} not null,
    primary key (owner, kind, name)
) {strict};
