//! How well tracing does: who was reached in time, and how many cases it had found before they were cases.

use super::Asked;
use super::results::pick;
use super::words;
use crate::series::today;
use crate::visit::Desk;
use lianfang_kernel::Words;
use lianfang_ledger::read::{Figure, FigureQuery};
use lianfang_server::{AppState, figure};
use lianfang_ui::paths;
use lianfang_ui::views::science::Section;

/// Figures of the packs on contacts and cases.
const REACHED: &str = "contacts-reached";
const SHARE: &str = "known-contact-share";
const CASES: &str = "cases-classified";
/// Days looked at.
const DAYS: i64 = 14;

/// The section of what is under way; none for who may not read the figures.
pub(super) async fn section(state: &AppState, desk: &Desk, asked: &Asked) -> Option<Section> {
    let lang = desk.visit.lang;
    if !asked.period.is_recent {
        return None;
    }
    let reached = of(state, desk, asked, REACHED).await?;
    let (share, cases) = (of(state, desk, asked, SHARE).await, of(state, desk, asked, CASES).await);
    let n_of_m = Words::new("{n} / {all}（{share}%）", "{n} of {all} ({share} %)");
    let told = match (reached.numerator, reached.denominator) {
        (Some(n), Some(all)) if all > 0 => n_of_m
            .with("n", n)
            .with("all", all)
            .with("share", n * 100 / all)
            .get(lang)
            .to_owned(),
        _ => pick(lang, "没有应联系的接触者", "no contact was due"),
    };
    let mut facts = vec![(pick(lang, "接触者按时联系到", "Contacts reached in time"), told)];
    if let (Some(share), Some(all)) = (share.and_then(|found| found.value), cases.and_then(|found| found.value)) {
        let told = match all {
            0 => pick(lang, "没有新发病例", "no new case"),
            _ => Words::new("{share}%（新发{all}例）", "{share} % (of {all} new cases)")
                .with("share", share)
                .with("all", all)
                .get(lang)
                .to_owned(),
        };
        facts.push((
            pick(lang, "病例此前已在接触者名单上", "Cases that were known contacts"),
            told,
        ));
    }
    Some(Section {
        heading: pick(lang, "密接追踪", "Contact tracing"),
        facts,
        method: words::tracing_method(DAYS, lang),
        csv: paths::figure_file(REACHED, "csv"),
        ..Section::default()
    })
}

async fn of(state: &AppState, desk: &Desk, asked: &Asked, id: &str) -> Option<Figure> {
    let to = today(state, &desk.visit);
    let query = FigureQuery {
        region: Some(asked.region.clone()),
        from: Some(to.plus(1 - DAYS)),
        to: Some(to),
        as_of: desk.visit.as_of,
        ..FigureQuery::default()
    };
    figure(state, &desk.visit.caller, id, query).await.ok()
}
