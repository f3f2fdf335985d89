//! What an account or an organisation keeps of how it works: saved lists, columns, how the columns of a sheet are taken.
//! No fact and nothing personal stands here; the last writer of a value has it.

use crate::LedgerError;
use crate::batch::Batch;
use crate::ledger::{Exec, Ledger, Reply};
use crate::read::Reader;
use uuid::Uuid;

/// Bytes of one value at most.
pub const KEPT_BYTES: usize = 16_000;
/// Values of one kind that one owner keeps; the oldest goes first.
const MOST: i64 = 400;

/// Where a value is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAt {
    /// The account or the organisation.
    pub owner: Uuid,
    /// What kind of thing: `lists`, `columns`, `mapping`.
    pub kind: &'static str,
    /// Which of them.
    pub name: String,
}

impl Reader<'_> {
    /// What is kept there.
    ///
    /// # Errors
    /// The database.
    pub fn kept(&mut self, at: &KeptAt) -> Result<Option<String>, LedgerError> {
        let sql = "select value from kept where owner = $1 and kind = $2 and name = $3";
        let params = [at.owner.into(), at.kind.into(), at.name.as_str().into()];
        let row = self.connection.query_opt(sql, &params)?;
        row.map(|row| Ok(row.text("value")?.to_owned())).transpose()
    }
}

impl Ledger {
    /// Keeps a value, or with none forgets it. One that is too long is not kept.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn keep(&self, at: KeptAt, value: Option<String>) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            keep(batch, &at, value.as_deref().filter(|value| value.len() <= KEPT_BYTES))
        }))
    }
}

fn keep(batch: &mut Batch<'_>, at: &KeptAt, value: Option<&str>) -> Result<(), LedgerError> {
    let name = [at.owner.into(), at.kind.into(), at.name.as_str().into()];
    let Some(value) = value else {
        let sql = "delete from kept where owner = $1 and kind = $2 and name = $3";
        batch.connection.execute(sql, &name)?;
        return Ok(());
    };
    let [owner, kind, name] = name;
    let sql = "insert into kept (owner, kind, name, value, kept_at) values ($1, $2, $3, $4, $5) \
               on conflict (owner, kind, name) do update set value = excluded.value, kept_at = excluded.kept_at";
    let params = [
        owner.clone(),
        kind.clone(),
        name,
        value.into(),
        batch.recorded_at.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    let sql = "select name from kept where owner = $1 and kind = $2 order by kept_at desc, name limit $3 offset $4";
    let beyond = [owner.clone(), kind.clone(), MOST.into(), MOST.into()];
    for row in batch.connection.query(sql, &beyond)? {
        let sql = "delete from kept where owner = $1 and kind = $2 and name = $3";
        batch
            .connection
            .execute(sql, &[owner.clone(), kind.clone(), row.text("name")?.into()])?;
    }
    Ok(())
}
