//! Which packs are in force. A file alone does nothing: what runs is what was activated, by an author and an approver.

use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::Store;
use lianfang_db::Value;
use lianfang_kernel::{Instant, Words};
use lianfang_policy::{Finding, Loaded, Model, Source, load};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Sources as an activation keeps them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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

    /// Reads and checks them.
    ///
    /// # Errors
    /// Every finding.
    pub fn check(&self) -> Result<Loaded, Vec<Finding>> {
        let sources = |pairs: &[(String, String)]| -> Vec<Source> {
            pairs
                .iter()
                .map(|(path, text)| Source {
                    path: path.clone(),
                    text: text.clone(),
                })
                .collect()
        };
        load(&sources(&self.packs), &sources(&self.overlay))
    }

    /// Reads them for use.
    ///
    /// # Errors
    /// They have errors; each was printed on standard error.
    pub fn load(&self) -> Outcome<Loaded> {
        self.check().map_err(|findings| {
            findings.iter().for_each(|finding| say::err(line_of(finding)));
            Failure::new(
                Words::new(
                    format!("能力包有 {} 处错误", findings.len()),
                    format!("the packs have {} errors", findings.len()),
                ),
                Words::new(
                    "请改正后再用 lianfang pack check 检查",
                    "mend them and run lianfang pack check again",
                ),
            )
        })
    }
}

/// A finding as a line: place, what, hint.
pub fn line_of(finding: &Finding) -> String {
    let lang = say::lang();
    let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
    format!("{place}: {} — {}", finding.what.get(lang), finding.hint.get(lang))
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
/// The database; this very content was activated before.
pub fn activate(store: &Store, sources: &PackSources, activation: &Activation) -> Outcome {
    let sql = "insert into pack_version (digest, activated_at, author, approver, sources) values ($1, $2, $3, $4, $5) \
               on conflict (digest) do update set activated_at = excluded.activated_at, author = excluded.author, \
               approver = excluded.approver";
    let text = serde_json::to_string(sources).map_err(|error| {
        Failure::new(
            Words::same(error.to_string()),
            Words::new("请报告此问题", "please report this"),
        )
    })?;
    let params = [
        activation.digest.as_str().into(),
        activation.at.0.into(),
        activation.author.as_str().into(),
        activation.approver.as_str().into(),
        Value::Json(text),
    ];
    store.writer()?.execute(sql, &params)?;
    Ok(())
}

/// The latest activation with its sources; none before the first.
///
/// # Errors
/// The database.
pub fn active(store: &Store) -> Outcome<Option<(Activation, PackSources)>> {
    let sql = "select digest, activated_at, author, approver, sources from pack_version order by activated_at desc, digest limit 1";
    let Some(row) = store.database.reader()?.query_opt(sql, &[])? else {
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

/// The model in force.
///
/// # Errors
/// Nothing was activated; what was does not load with this version.
pub fn active_model(store: &Store) -> Outcome<Arc<Model>> {
    let Some((_, sources)) = active(store)? else {
        return Err(Failure::new(
            Words::new("没有启用的能力包", "no packs are activated"),
            Words::new(
                "请先运行 lianfang init 或 lianfang pack activate",
                "run lianfang init or lianfang pack activate first",
            ),
        ));
    };
    Ok(Arc::new(sources.load()?.model))
}
