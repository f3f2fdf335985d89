//! An issue in words: the document that pages show, files hold and the command line prints.

use crate::figure::field_of;
use crate::region_steps;
use crate::visit::{civil, date};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Approx, Day, Lang, RegionId, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{
    GapChange, Issue, IssueBlock, IssueContent, IssueFigure, IssueReconciliation, Label, Reader,
};
use lianfang_policy::Snapshot;
use lianfang_ui::document::{Document, Part, Point, Section};
use lianfang_ui::part::value::approximate;
use lianfang_ui::text::{grouped, text, text_with};
use lianfang_ui::{dates, paths};
use std::collections::{BTreeMap, HashMap};

/// Who reads the document, for words and names.
struct Told<'a> {
    snapshot: &'a Snapshot,
    labels: HashMap<SubjectId, Label>,
    lang: Lang,
}

/// The document of an issue, or of a draft when `issue` is absent.
///
/// # Errors
/// The database.
pub fn issue_document(
    reader: &mut Reader<'_>,
    content: &IssueContent,
    issue: Option<&Issue>,
    lang: Lang,
) -> Result<Document, LedgerError> {
    let snapshot = reader.snapshot.clone();
    let named = content.blocks.iter().flat_map(|block| match block {
        IssueBlock::Gaps { missing, change, .. } => {
            let change = change.iter().flat_map(|change| change.new.iter().chain(&change.gone));
            missing.iter().chain(change).copied().collect()
        }
        _ => Vec::new(),
    });
    // Organisations have public names; people are told by number only.
    let mut named: Vec<SubjectId> = named.filter(|id| snapshot.orgs.get(*id).is_some()).collect();
    named.extend(issue.and_then(|issue| issue.org));
    let told = Told {
        labels: reader.labels(&named, lang)?,
        snapshot: &snapshot,
        lang,
    };
    Ok(Document {
        title: content.title.get(lang).to_owned(),
        lines: told.head(content, issue),
        sections: content.blocks.iter().map(|block| told.section(block)).collect(),
        foot: told.foot(content, issue),
    })
}

impl Told<'_> {
    fn t(&self, key: &str) -> String {
        text(self.lang, key)
    }

    fn head(&self, content: &IssueContent, issue: Option<&Issue>) -> Vec<String> {
        let number = match issue {
            Some(issue) => text_with(self.lang, "briefings-number", &[("n", issue.number.into())]),
            None => self.t("briefing-draft"),
        };
        let place = region_steps::name(&self.snapshot.regions, self.lang, &content.region);
        let day = dates::day(self.lang, date(content.day));
        let moment = dates::moment(self.lang, civil(&self.snapshot.zone, content.as_of));
        vec![
            [number, place, day].join(" · "),
            text_with(self.lang, "briefings-as-of", &[("time", moment.into())]),
        ]
    }

    fn section(&self, block: &IssueBlock) -> Section {
        match block {
            IssueBlock::Text { text, source } => Section {
                parts: vec![
                    Part::Paragraph(text.get(self.lang).to_owned()),
                    Part::Note(text_with(
                        self.lang,
                        "briefing-source",
                        &[("who", source.get(self.lang).to_owned().into())],
                    )),
                ],
                ..Section::default()
            },
            IssueBlock::Figure(figure) => self.figure(figure),
            IssueBlock::Reconcile(stock) => self.reconciliation(stock),
            IssueBlock::List(figure) => self.list(figure),
            IssueBlock::Chart {
                indicator,
                title,
                unit,
                points,
            } => self.chart((indicator, title), unit, points),
            IssueBlock::Gaps {
                indicator,
                title,
                count,
                missing,
                change,
            } => {
                let number = Part::Number {
                    value: grouped(i64::try_from(*count).unwrap_or(i64::MAX)),
                    unit: self.t("briefing-missing"),
                    note: String::new(),
                };
                let mut parts = vec![number];
                parts.extend(self.names(missing));
                if let Some(change) = change {
                    self.gap_change(change, &mut parts);
                }
                self.of_figure(indicator, title, parts)
            }
        }
    }

    /// Those who have public names, as a list.
    fn names(&self, ids: &[SubjectId]) -> Option<Part> {
        let names = ids.iter().filter_map(|id| Some(self.labels.get(id)?.name.clone()));
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then_some(Part::List(names))
    }

    fn gap_change(&self, change: &GapChange, parts: &mut Vec<Part>) {
        let whole = |n: usize| grouped(i64::try_from(n).unwrap_or(i64::MAX));
        let day = dates::day(self.lang, date(change.since));
        for (key, count, ids) in [
            ("briefing-gaps-new", change.new_count, &change.new),
            ("briefing-gaps-gone", change.gone_count, &change.gone),
        ] {
            let said = [("day", day.clone().into()), ("n", whole(count).into())];
            parts.push(Part::Paragraph(text_with(self.lang, key, &said)));
            parts.extend(self.names(ids));
        }
        let said = [("n", whole(change.unchanged).into())];
        parts.push(Part::Note(text_with(self.lang, "briefing-gaps-unchanged", &said)));
    }

    /// The parts of a figure as lines.
    fn list(&self, figure: &IssueFigure) -> Section {
        let unit = figure.unit.get(self.lang);
        let lines = figure.parts.iter().enumerate().map(|(i, (key, value))| {
            let name = self.key_words(&figure.indicator, key).join(" · ");
            let approx = figure.parts_approx.get(i).copied().flatten();
            format!("{name} {} {unit}", self.number(*value, approx))
        });
        let lines: Vec<String> = lines.collect();
        let part = match (lines.is_empty(), figure.state.as_str()) {
            (false, _) => Part::List(lines),
            (true, "known") => Part::Paragraph(self.t("briefing-list-none")),
            (true, _) => Part::Paragraph(self.t("state-unknown")),
        };
        self.of_figure(&figure.indicator, &figure.title, vec![part])
    }

    fn chart(&self, (indicator, title): (&str, &Words), unit: &Words, points: &[(Day, Option<i64>)]) -> Section {
        let point = |(day, value): &(Day, Option<i64>)| Point {
            day: dates::day(self.lang, date(*day)),
            short: dates::short_day(self.lang, date(*day)),
            value: *value,
        };
        let series = Part::Series {
            head: [self.t("briefing-day"), unit.get(self.lang).to_owned()],
            points: points.iter().map(point).collect(),
            unknown: self.t("state-unknown"),
        };
        self.of_figure(indicator, title, vec![series])
    }

    fn of_figure(&self, indicator: &str, title: &Words, parts: Vec<Part>) -> Section {
        Section {
            heading: title.get(self.lang).to_owned(),
            href: Some(paths::figure(indicator)),
            parts,
        }
    }

    fn value(&self, value: Option<i64>) -> String {
        self.number(value, None)
    }

    /// A number, or the word for not known; one that is not exact says so.
    fn number(&self, value: Option<i64>, approx: Option<Approx>) -> String {
        match (value, approx) {
            (None, _) => self.t("state-unknown"),
            (Some(n), None) => grouped(n),
            (Some(n), Some(approx)) => approximate(self.lang, approx, &grouped(n)),
        }
    }

    fn figure(&self, figure: &IssueFigure) -> Section {
        let share = figure.numerator.zip(figure.denominator);
        let state = match (figure.state.as_str(), share) {
            ("partial", Some((k, n))) => text_with(self.lang, "state-partial", &[("k", k.into()), ("n", n.into())]),
            (_, Some((done, required))) => format!("{} / {}", grouped(done), grouped(required)),
            ("suppressed", _) => self.t("state-suppressed"),
            ("not_due", _) => self.t("state-not-due"),
            _ => String::new(),
        };
        let since = figure.before_on.map(|day| dates::day(self.lang, date(day)));
        let change = figure
            .value
            .zip(figure.before)
            .map(|(now, before)| match (now - before, &since) {
                (n, Some(day)) => {
                    let signed = if n > 0 { format!("+{}", grouped(n)) } else { grouped(n) };
                    text_with(
                        self.lang,
                        "briefing-against",
                        &[("day", day.clone().into()), ("n", signed.into())],
                    )
                }
                (0, None) => self.t("change-none"),
                (n, None) if n > 0 => text_with(self.lang, "change-up", &[("n", grouped(n).into())]),
                (n, None) => text_with(self.lang, "change-down", &[("n", grouped(-n).into())]),
            });
        let notes: Vec<String> = [Some(state).filter(|state| !state.is_empty()), change]
            .into_iter()
            .flatten()
            .collect();
        let number = Part::Number {
            value: match figure.state.as_str() {
                "suppressed" | "not_due" => "–".to_owned(),
                _ => self.number(figure.value, figure.approx),
            },
            unit: figure.unit.get(self.lang).to_owned(),
            note: notes.join(" · "),
        };
        let mut parts = vec![number, Part::Note(figure.definition.get(self.lang).to_owned())];
        parts.extend(self.breakdown(figure));
        self.of_figure(&figure.indicator, &figure.title, parts)
    }

    fn breakdown(&self, figure: &IssueFigure) -> Option<Part> {
        let (first, _) = figure.parts.first()?;
        let unit = figure.unit.get(self.lang).to_owned();
        let mut head = vec![self.t("briefing-part")];
        head.extend((1..first.len()).map(|_| String::new()));
        head.push(unit);
        let rows = figure.parts.iter().enumerate().map(|(i, (key, value))| {
            let mut row = self.key_words(&figure.indicator, key);
            row.push(self.number(*value, figure.parts_approx.get(i).copied().flatten()));
            row
        });
        Some(Part::Table {
            head,
            rows: rows.collect(),
        })
    }

    /// What a part is of, in words: a place, a code of a list, a day.
    fn key_words(&self, indicator: &str, key: &BTreeMap<String, String>) -> Vec<String> {
        let model = &self.snapshot.model;
        let words = |(by, value): (&String, &String)| {
            if by == "region" {
                return region_steps::name(&self.snapshot.regions, self.lang, &RegionId::new(value));
            }
            let known = model
                .indicators
                .get(indicator)
                .and_then(|indicator| model.list_of(&field_of(indicator, model, by)?.kind)?.value(value));
            known.map_or_else(|| value.clone(), |known| known.title.get(self.lang).to_owned())
        };
        key.iter().map(words).collect()
    }

    fn reconciliation(&self, stock: &IssueReconciliation) -> Section {
        let row = |label: String, value: Option<i64>| vec![label, self.value(value)];
        let mut rows = vec![row(self.t("briefing-before"), stock.before)];
        rows.extend(
            stock
                .into
                .iter()
                .map(|flow| row(format!("＋ {}", flow.title.get(self.lang)), flow.value)),
        );
        rows.extend(
            stock
                .out
                .iter()
                .map(|flow| row(format!("－ {}", flow.title.get(self.lang)), flow.value)),
        );
        rows.push(row(format!("＝ {}", self.t("briefing-now")), stock.now));
        let table = Part::Table {
            head: vec![self.t("briefing-part"), stock.unit.get(self.lang).to_owned()],
            rows,
        };
        let verdict = match stock.difference {
            Some(0) => self.t("briefing-reconciles"),
            Some(n) => text_with(self.lang, "briefing-differs", &[("n", grouped(n).into())]),
            None => self.t("briefing-not-known"),
        };
        self.of_figure(&stock.indicator, &stock.title, vec![table, Part::Note(verdict)])
    }

    fn foot(&self, content: &IssueContent, issue: Option<&Issue>) -> Vec<String> {
        let briefing = self.snapshot.model.briefings.get(&content.briefing);
        let to = briefing.and_then(|briefing| briefing.addressed_to.as_ref());
        let mut foot: Vec<String> = to.map(|to| to.get(self.lang).to_owned()).into_iter().collect();
        let Some(issue) = issue else {
            return foot;
        };
        let at = dates::moment(self.lang, civil(&self.snapshot.zone, issue.published_at));
        let org = issue.org.and_then(|org| self.labels.get(&org));
        foot.extend(org.map(|org| {
            let by = org.name.clone();
            text_with(
                self.lang,
                "briefing-by",
                &[("by", by.into()), ("at", at.clone().into())],
            )
        }));
        if issue.is_agreed() {
            foot.push(self.t("briefings-agreed"));
        }
        foot.push(format!("SHA-256 {}", issue.digest));
        foot
    }
}
