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
