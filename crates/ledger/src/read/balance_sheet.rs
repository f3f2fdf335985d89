//! The balance sheet of an account: per item what stood there, what came, what went, what stands there.

use super::{Conditions, Reader};
use crate::LedgerError;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, Lang, RegionId};
use serde::Serialize;

/// What is asked of an account.
#[derive(Clone, Debug)]
pub struct SheetQuery {
    /// The account.
    pub account: String,
    /// Where its holders are.
    pub region: RegionId,
    /// Only of holders of these sectors; of all when empty.
    pub sectors: Vec<String>,
    /// Only of this organisation and of what belongs to it; of all when none.
    pub org: Option<SubjectId>,
    /// The first and the last day.
    pub days: (Day, Day),
    /// As known then.
    pub as_of: Option<Instant>,
}

/// One item of an account. `opening + into − out = closing`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SheetLine {
    /// The item; none where the account has no items, such as money.
    pub item: Option<SubjectId>,
    /// What it is called.
    pub label: String,
    /// Its unit, if its type names one.
    pub unit: Option<String>,
    /// What stood there when the first day began.
    pub opening: i64,
    /// What came in the days.
    #[serde(rename = "in")]
    pub into: i64,
    /// What went in the days.
    pub out: i64,
    /// What stood there when the last day ended.
    pub closing: i64,
}

impl Reader<'_> {
    /// Every item that ever stood in an account of a place, by what it is called.
    ///
    /// # Errors
    /// The database.
    pub fn balance_sheet(&mut self, query: &SheetQuery, lang: Lang) -> Result<Vec<SheetLine>, LedgerError> {
        let zone = &self.snapshot.zone;
        let (from, to) = (zone.start_of(query.days.0), zone.start_of(query.days.1.plus(1)));
        let mut where_ = Conditions::default();
        where_.and("p.account = ?", [query.account.as_str().into()]);
        where_.inside("p.path", &self.snapshot.regions, &query.region);
        where_.and("p.at < ?", [to.0.into()]);
        if let Some(org) = query.org {
            let own = "(p.holder = ? or exists (select 1 from subject s where s.id = p.holder and s.unit = ?))";
            where_.and(own, [org.0.into(), org.0.into()]);
        }
        if !query.sectors.is_empty() {
            where_.within("p.sector", query.sectors.iter().map(|id| id.as_str().into()).collect());
        }
        if let Some(as_of) = query.as_of {
            where_.and("p.recorded_at <= ?", [as_of.0.into()]);
        }
        let from = where_.param(from.0.into());
        let sum = |when: &str, what: &str, name: &str| {
            format!("cast(sum(case when {when} then {what} else 0 end) as bigint) as {name}")
        };
        // What a correction takes back and puts anew is one move of its holder, not one in each direction.
        let moves = format!(
            "select p.holder, p.item, p.origin, {}, {} from posting_line p{} group by p.holder, p.item, p.origin",
            sum(&format!("p.at < {from}"), "p.amount", "opening"),
            sum(&format!("p.at >= {from}"), "p.amount", "moved"),
            where_.to_sql()
        );
        let sql = format!(
            "select m.item, {}, {}, {} from ({moves}) m group by m.item",
            sum("1 = 1", "m.opening", "opening"),
            sum("m.moved > 0", "m.moved", "gained"),
            sum("m.moved < 0", "m.moved", "lost"),
        );
        let mut lines = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let item = SubjectId(row.uuid("item")?);
            let (opening, into, out) = (row.int("opening")?, row.int("gained")?, -row.int("lost")?);
            lines.push(SheetLine {
                item: (!item.0.is_nil()).then_some(item),
                label: String::new(),
                unit: None,
                opening,
                into,
                out,
                closing: opening + into - out,
            });
        }
        let items: Vec<SubjectId> = lines.iter().filter_map(|line| line.item).collect();
        let labels = self.labels(&items, lang)?;
        for line in &mut lines {
            let Some(item) = line.item else { continue };
            line.label = labels.get(&item).map(|label| label.name.clone()).unwrap_or_default();
            let view = self.subject(item)?;
            let kind = view.and_then(|view| self.snapshot.model.types.get(&view.kind_type).cloned());
            line.unit = kind.and_then(|kind| kind.unit);
        }
        lines.sort_by(|a, b| (&a.label, a.item).cmp(&(&b.label, b.item)));
        Ok(lines)
    }
}
