//! `/situation/chains`: who infected whom, as a picture with its figures; `/situation/chains/trace/{id}`: everybody met within
//! four hops of a person.
//!
//! What may be seen is decided by [`lianfang_server::case_chains`]. Chains are always those of all cases in sight: what is asked for
//! chooses the clusters that are shown, and a case outside of it is drawn faintly, so that no filter changes a generation.

mod figures;
mod files;
mod picture;
mod show;
mod trace;

use axum::Router;
use axum::routing::get;
use lianfang_kernel::{Day, Lang};
use lianfang_server::{AppState, CaseChains};
use lianfang_ui::paths;

/// Cases that are drawn one by one; more are drawn as clusters.
const DRAWN: usize = 600;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::CHAINS, get(show::show))
        .route("/situation/chains/{file}", get(files::file))
        .route("/situation/chains/trace/{id}", get(trace::show))
        .route("/situation/chains/trace/{id}/{file}", get(trace::file))
}

/// What is shown of the chains.
struct Shown {
    all: CaseChains,
    /// By which day cases stand across.
    by_report: bool,
    /// Cases that were asked for.
    is_asked: Vec<bool>,
    /// Cases of the clusters that are shown, in the order of the list.
    cases: Vec<usize>,
    /// First and last day of each outbreak.
    outbreaks: Vec<(Day, Day)>,
}

impl Shown {
    /// The day by which a case stands.
    fn day(&self, case: usize) -> Option<Day> {
        let case = &self.all.cases[case];
        if self.by_report { case.reported } else { case.onset }
    }

    /// How many cases the cluster of a case has.
    fn size(&self, case: usize) -> usize {
        let number = self.all.chains.links[case].cluster;
        self.all.chains.clusters[number - 1].size
    }
}

/// One of two texts.
fn pick(lang: Lang, zh: impl Into<String>, en: impl Into<String>) -> String {
    match lang {
        Lang::Zh => zh.into(),
        Lang::En => en.into(),
    }
}
