//! Which packs are in force. A file alone does nothing: what runs is what was activated, by an author and an approver.

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::Batch;
use crate::core::Core;
use crate::ledger::{Exec, Ledger, Reply};
use crate::{load, tick};
use lianfang_db::{Connection, Value};
use lianfang_kernel::Instant;
use lianfang_policy::model::Model;
use lianfang_policy::{Finding, Loaded, Source, load as load_packs};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// Sources as an activation keeps them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackSources {
    packs: Vec<(String, String)>,
    overlay: Vec<(String, String)>,
}

impl PackSources {
    /// Packs with a city's overlay.
    pub fn new(packs: Vec<Source>, overlay: Vec<Source>) -> PackSources {
        let pairs = |sources: Vec<Source>| sources.into_iter().map(|source| (source.path, source.text)).collect();
        PackSources {
            packs: pairs(packs),
            overlay: pairs(overlay),
        }
    }

    /// The packs.
    pub fn packs(&self) -> Vec<Source> {
        sources(&self.packs)
    }

    /// The city's overlay.
    pub fn overlay(&self) -> Vec<Source> {
        sources(&self.overlay)
    }

    /// Reads and checks them.
    ///
    /// # Errors
    /// Every finding.
    pub fn check(&self) -> Result<Loaded, Vec<Finding>> {
        load_packs(&self.packs(), &self.overlay())
    }
}

fn sources(pairs: &[(String, String)]) -> Vec<Source> {
    let source = |(path, text): &(String, String)| Source {
        path: path.clone(),
        text: text.clone(),
    };
    pairs.iter().map(source).collect()
}

/// An activation.
#[derive(Clone, Debug)]
pub struct Activation {
    /// What was activated.
    pub digest: String,
    /// When.
    pub at: Instant,
    /// Who wrote or chose it.
    pub author: String,
    /// Who agreed.
    pub approver: String,
}

/// Writes an activation down.
///
/// # Errors
/// The database.
pub fn write_activation(
    connection: &mut Connection,
    sources: &PackSources,
    activation: &Activation,
) -> Result<(), LedgerError> {
    let sql = "insert into pack_version (digest, activated_at, author, approver, sources) values ($1, $2, $3, $4, $5) \
               on conflict (digest) do update set activated_at = excluded.activated_at, author = excluded.author, \
               approver = excluded.approver";
    let params = [
        activation.digest.as_str().into(),
        activation.at.0.into(),
        activation.author.as_str().into(),
        activation.approver.as_str().into(),
        Value::Json(serde_json::to_string(sources)?),
    ];
    connection.execute(sql, &params)?;
    Ok(())
}

/// The latest activation with its sources; none before the first.
///
/// # Errors
/// The database.
pub fn active(connection: &mut Connection) -> Result<Option<(Activation, PackSources)>, LedgerError> {
    let sql = "select digest, activated_at, author, approver, sources from pack_version order by activated_at desc, digest limit 1";
    let Some(row) = connection.query_opt(sql, &[])? else {
        return Ok(None);
    };
    let activation = Activation {
        digest: row.text("digest")?.to_owned(),
        at: Instant(row.int("activated_at")?),
        author: row.text("author")?.to_owned(),
        approver: row.text("approver")?.to_owned(),
    };
    Ok(Some((activation, row.json("sources")?)))
}

impl Ledger {
    /// Puts packs in force at once, in this process and, at their next commit, in every other.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn activate(
        &self,
        sources: PackSources,
        model: Arc<Model>,
        (author, approver): (String, String),
    ) -> Result<Reply<Activation>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            put_in_force(batch, &sources, &model, (&author, &approver))
        }))
    }
}

/// Writes the activation and swaps the model of the snapshot, so that the next work of this batch is judged by it.
pub(crate) fn put_in_force(
    batch: &mut Batch<'_>,
    sources: &PackSources,
    model: &Arc<Model>,
    (author, approver): (&str, &str),
) -> Result<Activation, LedgerError> {
    let latest = active(batch.connection)?.map_or(Instant::MIN, |(known, _)| known.at);
    let activation = Activation {
        digest: model.digest.clone(),
        // Of two in one millisecond the later is in force.
        at: batch.now.max(latest.plus_ms(1)),
        author: author.to_owned(),
        approver: approver.to_owned(),
    };
    batch.flush()?;
    write_activation(batch.connection, sources, &activation)?;
    let (zone, city) = (batch.snapshot.zone.clone(), batch.snapshot.city.clone());
    batch.snapshot = Arc::new(load::snapshot(batch.connection, model.clone(), zone, city)?);
    batch.renewed = true;
    tick::wake_for_packs(batch.connection, model, batch.now)?;
    let detail = json!({ "digest": activation.digest, "author": author, "approver": approver });
    batch.pending.audit.push(AuditLine {
        kind: "activation",
        detail,
        ..AuditLine::default()
    });
    Ok(activation)
}

/// The model in force, where another process has activated one since; the present one otherwise.
pub(crate) fn model_in_force(connection: &mut Connection, core: &Core) -> Result<Arc<Model>, LedgerError> {
    let present = core.snapshot().model.clone();
    let sql = "select digest from pack_version order by activated_at desc, digest limit 1";
    let latest = connection.query_opt(sql, &[])?;
    let is_present = match &latest {
        Some(row) => row.text("digest")? == present.digest,
        None => true,
    };
    if is_present {
        return Ok(present);
    }
    let Some((_, sources)) = active(connection)? else {
        return Ok(present);
    };
    Ok(match sources.check() {
        Ok(loaded) => Arc::new(loaded.model),
        Err(_) => {
            // A newer program activated what this one cannot read: it goes on as it is until it is replaced.
            tracing::error!("packs.unreadable");
            present
        }
    })
}
