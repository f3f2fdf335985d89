//! What holds for a subject, as both sides read it: the order, the clause, until when, how to object.

use crate::field_text;
use crate::visit::{civil, date};
use lianfang_kernel::Lang;
use lianfang_ledger::read::{Hold as Found, SubjectFile};
use lianfang_policy::Snapshot;
use lianfang_ui::part::hold::Hold;

/// Measures in force of a file. Reference intervals without a measure (a residence) restrict nobody and stand elsewhere.
pub(crate) fn holds_of(snapshot: &Snapshot, file: &SubjectFile, lang: Lang) -> Vec<Hold> {
    file.holds
        .iter()
        .filter(|found| found.measure.is_some())
        .map(|found| hold(snapshot, file, found, lang))
        .collect()
}

fn hold(snapshot: &Snapshot, file: &SubjectFile, found: &Found, lang: Lang) -> Hold {
    let enrolment = file
        .enrolments
        .iter()
        .find(|e| e.opened_by == Some(found.entry) && e.state == "active");
    let edition = enrolment.and_then(|e| snapshot.model.edition(&e.protocol, e.version));
    let missing = enrolment.map(|e| e.missing.as_slice()).unwrap_or_default();
    let signed = file.timeline.iter().find(|item| item.id == found.entry);
    let ends = enrolment
        .and_then(|e| e.ends_on)
        .or_else(|| found.until.map(|at| snapshot.zone.day_of(at)));
    Hold {
        what: found.measure.as_deref().map_or_else(String::new, |measure| {
            field_text::code_words(snapshot, lang, "measure", measure)
        }),
        order: signed
            .map(|item| field_text::by(snapshot, lang, item.org))
            .unwrap_or_default(),
        clause: edition.and_then(|edition| edition.clause.clone()).unwrap_or_default(),
        since: civil(&snapshot.zone, found.from).date(),
        until: ends.map(date),
        condition: missing
            .iter()
            .map(|words| words.get(lang))
            .collect::<Vec<_>>()
            .join(field_text::semicolon(lang)),
        appeal: found
            .appeal
            .as_ref()
            .map(|words| words.get(lang).to_owned())
            .unwrap_or_default(),
        protocol: enrolment.map(|e| e.protocol.clone()),
    }
}
