//! The entries that stand in files: of many files in two or three questions, however many there are.

use crate::LedgerError;
use crate::rows::ENTRY_SELECT;
use lianfang_db::{Connection, Row, Value, dialect};
use lianfang_kernel::SubjectKind;
use lianfang_kernel::ids::SubjectId;

/// Rows of [`ENTRY_SELECT`] with the file that each stands in as `file`, in no order. One that is linked in several roles comes
/// several times.
///
/// Nearly all that stands in a file is about its own subject and lies together under it: it is read in one stretch, and only what
/// is about others entry by entry. Not so for places: a gate's checks are about it and stand in no file (see
/// [`crate::listed_only`]), so that there every link is followed.
pub(crate) fn read_file_entries(
    connection: &mut Connection,
    files: impl Iterator<Item = (SubjectId, SubjectKind)>,
) -> Result<Vec<Row>, LedgerError> {
    let (places, others): (Vec<_>, Vec<_>) = files.partition(|(_, kind)| *kind == SubjectKind::Place);
    let linked = format!(
        "select {ENTRY_SELECT}, l.subject as file from link l join entry e on e.id = l.entry and e.subject = l.entry_subject \
         where l.subject in "
    );
    let own = format!("select {ENTRY_SELECT}, e.subject as file from entry e where e.subject in ");
    let mut rows = Vec::new();
    for (files, select, rest) in [
        (&others, &own, ""),
        (&others, &linked, " and l.entry_subject <> l.subject"),
        (&places, &linked, ""),
    ] {
        if !files.is_empty() {
            let sql = format!("{select}{}{rest}", dialect::list(files.len(), 1));
            let params: Vec<Value> = files.iter().map(|(id, _)| id.0.into()).collect();
            rows.extend(connection.query(&sql, &params)?);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::MIGRATIONS;
    use crate::rows;
    use lianfang_db::{Column, ColumnKind, Insert, OnConflict};
    use lianfang_testkit::{TestDb, both_databases};
    use uuid::Uuid;

    const PERSON: u128 = 1;
    const OTHER: u128 = 2;
    const GATE: u128 = 3;

    /// A row of which only ids and words that are given matter.
    fn row(columns: &[Column<'_>], ids: &[(&str, u128)], role: &str) -> Vec<Value> {
        let value = |column: &Column<'_>| match (ids.iter().find(|(name, _)| *name == column.name), column.kind) {
            (Some((_, id)), _) => Uuid::from_u128(*id).into(),
            (None, ColumnKind::Text) if column.name == "role" => role.into(),
            (None, ColumnKind::Text) => "x".into(),
            (None, ColumnKind::Int) => 0.into(),
            (None, ColumnKind::Bool) => false.into(),
            (None, ColumnKind::Json) => Value::Json("[]".to_owned()),
            (None, _) => Value::Null,
        };
        columns.iter().map(value).collect()
    }

    fn insert(connection: &mut Connection, table: &str, columns: &[Column<'_>], rows: &[Vec<Value>]) {
        let on_conflict = OnConflict::Fail;
        connection
            .insert_rows(&Insert {
                table,
                columns,
                rows,
                on_conflict,
            })
            .unwrap();
    }

    #[both_databases]
    fn a_file_holds_what_is_about_it_and_what_names_it_but_not_the_checks_of_a_gate(db: TestDb) {
        db.database.migrate(MIGRATIONS).unwrap();
        let mut connection = db.database.writer().unwrap();
        let entries = [
            (PERSON, 11),
            (PERSON, 12),
            (OTHER, 21),
            (OTHER, 22),
            (GATE, 31),
            (GATE, 32),
        ];
        let entry = |(subject, id): (u128, u128)| row(rows::ENTRY, &[("subject", subject), ("id", id)], "");
        insert(&mut connection, "entry", rows::ENTRY, &entries.map(entry));
        let links = [
            (PERSON, 11, PERSON, "subject"),
            (PERSON, 12, PERSON, "subject"),
            (OTHER, 21, OTHER, "subject"),
            (OTHER, 22, OTHER, "subject"),
            (PERSON, 21, OTHER, "driver"),
            (PERSON, 21, OTHER, "guest"),
            (GATE, 31, GATE, "subject"),
        ];
        let link = |(file, entry, subject, role): (u128, u128, u128, &str)| {
            let ids = [("subject", file), ("entry", entry), ("entry_subject", subject)];
            row(rows::LINK, &ids, role)
        };
        insert(&mut connection, "link", rows::LINK, &links.map(link));

        let id = |n: u128| SubjectId(Uuid::from_u128(n));
        let files = [(id(PERSON), SubjectKind::Person), (id(GATE), SubjectKind::Place)];
        let mut read: Vec<(u128, u128)> = read_file_entries(&mut connection, files.into_iter())
            .unwrap()
            .iter()
            .map(|row| (row.uuid("file").unwrap().as_u128(), row.uuid("id").unwrap().as_u128()))
            .collect();
        read.sort_unstable();
        assert_eq!(
            read,
            [(PERSON, 11), (PERSON, 12), (PERSON, 21), (PERSON, 21), (GATE, 31)]
        );
    }
}
