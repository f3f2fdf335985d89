//! Which packs are in force, as commands ask for them.

use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::Store;
use lianfang_kernel::Words;
use lianfang_ledger::packs;
pub use lianfang_ledger::packs::{Activation, PackSources};
use lianfang_policy::{Finding, Loaded, Model};
use std::sync::Arc;

/// Reading sources for use.
pub trait LoadOrTell {
    /// Reads them for use.
    ///
    /// # Errors
    /// They have errors; each was printed on standard error.
    fn load(&self) -> Outcome<Loaded>;
}

impl LoadOrTell for PackSources {
    fn load(&self) -> Outcome<Loaded> {
        self.check().map_err(|findings| told(&findings))
    }
}

/// Prints findings on standard error, and the failure that they are.
pub fn told(findings: &[Finding]) -> Failure {
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
}

/// A finding as a line: place, what, hint.
pub fn line_of(finding: &Finding) -> String {
    let lang = say::lang();
    let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
    format!("{place}: {} — {}", finding.what.get(lang), finding.hint.get(lang))
}

/// Writes an activation down.
///
/// # Errors
/// The database; this very content was activated before.
pub fn activate(store: &Store, sources: &PackSources, activation: &Activation) -> Outcome {
    Ok(packs::write_activation(&mut store.writer()?, sources, activation)?)
}

/// The latest activation with its sources; none before the first.
///
/// # Errors
/// The database.
pub fn active(store: &Store) -> Outcome<Option<(Activation, PackSources)>> {
    Ok(packs::active(&mut *store.database.reader()?)?)
}

/// The sources in force.
///
/// # Errors
/// Nothing was activated.
pub fn active_sources(store: &Store) -> Outcome<PackSources> {
    let found = active(store)?.map(|(_, sources)| sources);
    found.ok_or_else(|| {
        Failure::new(
            Words::new("没有启用的能力包", "no packs are activated"),
            Words::new(
                "请先运行 lianfang init 或 lianfang pack activate",
                "run lianfang init or lianfang pack activate first",
            ),
        )
    })
}

/// The model in force.
///
/// # Errors
/// Nothing was activated; what was does not load with this version.
pub fn active_model(store: &Store) -> Outcome<Arc<Model>> {
    Ok(Arc::new(active_sources(store)?.load()?.model))
}
