-- Keys that seal personal data, wrapped by the master key. A store of its own: its backup rotates faster than the data's.
create table subject_key ( -- distributed by subject
    subject {uuid} not null,
    class {text} not null,
    wrapped {bytes} not null,
    created_at {int} not null,
    primary key (subject, class)
) {strict};
