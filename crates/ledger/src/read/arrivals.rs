//! Who is expected, and for whom a rule proposes a measure that nobody has signed yet.

use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, read_entry};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Day, Instant, Lang, RegionId};
use lianfang_policy::{Decision, Env};
use lianfang_protocol::{Fact, History};
use serde::Serialize;

/// Days back in which an arrival still waits for its decision.
const PROPOSAL_DAYS: i64 = 30;

/// A declared arrival.
#[derive(Clone, Debug, Serialize)]
pub struct ExpectedArrival {
    /// Who.
    pub subject: SubjectId,
    /// Masked name.
    pub label: String,
    /// The declaration.
    pub declaration: EntryId,
    /// When they mean to arrive.
    pub arrival_at: Instant,
    /// Where to.
    pub destination: RegionId,
    /// The unit that receives them.
    pub unit: Option<SubjectId>,
    /// When it was declared.
    pub declared_at: Instant,
    /// Three days ahead or more.
    pub on_time: bool,
    /// Checked in already.
    pub arrived: bool,
}

/// An arrival for which the rule in force proposes a measure.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// Who.
    pub subject: SubjectId,
    /// Masked name.
    pub label: String,
    /// The arrival entry.
    pub arrival: EntryId,
    /// When they arrived.
    pub arrived_at: Instant,
    /// Where they stay.
    pub region: RegionId,
    /// The decision: measure, days, rule, version, row, clause, facts.
    pub proposal: serde_json::Value,
    /// No flag on the arrival: it can be signed with others.
    pub plain: bool,
}

impl Reader<'_> {
    /// Declared arrivals for a day (all to come when none), next first.
    ///
    /// # Errors
    /// The database.
    pub fn expected_arrivals(
        &mut self,
        sight: &Sight,
        day: Option<Day>,
        unit: Option<SubjectId>,
        lang: Lang,
    ) -> Result<Vec<ExpectedArrival>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("e.register = 'declaration' and e.act in ('new', 'correct')", []);
        where_.and("e.recorded_at > ?", [self.now.plus_ms(-60 * 86_400_000).0.into()]);
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside("e.path", &self.snapshot.regions, region),
            Sight::Org(org) | Sight::Sector { org, .. } => {
                where_.and("e.body ->> 'unit' = ?", [org.to_string().into()]);
            }
            Sight::Nothing => where_.and("1 = 0", []),
        }
        if let Some(unit) = unit {
            where_.and("e.body ->> 'unit' = ?", [unit.to_string().into()]);
        }
        let replaced =
            "not exists (select 1 from entry later where later.subject = e.subject and later.replaces = e.id)";
        let sql = format!(
            "select {ENTRY_SELECT} from entry e{} and {replaced} order by e.at, e.id limit 2000",
            where_.to_sql()
        );
        let city = self.snapshot.city.clone();
        let ahead = self
            .snapshot
            .setting("declare_ahead_days", &city, self.now)
            .and_then(|n| n.as_int())
            .unwrap_or(3);
        let mut found = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let entry = read_entry(&row)?.entry;
            let Some(arrival_at) = entry
                .body
                .get("arrival_at")
                .and_then(|v| Instant::parse(v.as_str()?).ok())
            else {
                continue;
            };
            let arrival_day = self.snapshot.zone.day_of(arrival_at);
            let today = self.snapshot.zone.day_of(self.now);
            if day.map_or(arrival_day < today.plus(-1), |day| day != arrival_day) {
                continue;
            }
            found.push(ExpectedArrival {
                subject: entry.subject,
                label: String::new(),
                declaration: entry.id,
                arrival_at,
                destination: entry.region.clone(),
                unit: entry.body.get("unit").and_then(|v| v.as_str()?.parse().ok()),
                declared_at: entry.received_at,
                on_time: self.snapshot.zone.day_of(entry.received_at).until(arrival_day) >= ahead,
                arrived: self.has_arrived(entry.subject, arrival_at)?,
            });
        }
        let labels = self.labels(&found.iter().map(|item| item.subject).collect::<Vec<_>>(), lang)?;
        for item in &mut found {
            item.label = labels
                .get(&item.subject)
                .map(|label| label.name.clone())
                .unwrap_or_default();
        }
        found.sort_by_key(|item| (item.arrival_at, item.declaration));
        Ok(found)
    }

    fn has_arrived(&mut self, subject: SubjectId, expected: Instant) -> Result<bool, LedgerError> {
        let sql = "select 1 from entry e where e.subject = $1 and e.register = 'arrival' and e.at >= $2 limit 1";
        let from = self
            .snapshot
            .zone
            .start_of(self.snapshot.zone.day_of(expected).plus(-3));
        Ok(self
            .connection
            .query_opt(sql, &[subject.0.into(), from.0.into()])?
            .is_some())
    }

    /// Arrivals of late that no order covers yet: a rule may propose something for each.
    fn uncovered(&self, sight: &Sight, limit: u32) -> (String, Conditions) {
        let mut where_ = Conditions::default();
        where_.and(
            "e.register = 'arrival' and e.act in ('new', 'correct') and e.login is not null",
            [],
        );
        where_.and("e.at > ?", [self.now.plus_ms(-PROPOSAL_DAYS * 86_400_000).0.into()]);
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside("e.path", &self.snapshot.regions, region),
            Sight::Org(_) | Sight::Sector { .. } | Sight::Nothing => where_.and("1 = 0", []),
        }
        let uncovered = "not exists (select 1 from entry later where later.subject = e.subject and (later.replaces = e.id \
             or (later.register = 'measure_order' and later.at >= e.at and later.act = 'new')))";
        let sql = format!(
            "select {ENTRY_SELECT} from entry e{} and {uncovered} order by e.at, e.id limit {limit}",
            where_.to_sql()
        );
        (sql, where_)
    }

    /// Whether there may be something to sign: an arrival that no order covers yet. Cheap, for pages that only point
    /// to the proposals.
    ///
    /// # Errors
    /// The database.
    pub fn may_have_proposals(&mut self, sight: &Sight) -> Result<bool, LedgerError> {
        let (sql, where_) = self.uncovered(sight, 1);
        Ok(self.connection.query_opt(&sql, &where_.params)?.is_some())
    }

    /// Arrivals for which the rule proposes a measure that no order covers yet.
    ///
    /// # Errors
    /// The database.
    pub fn proposals(&mut self, sight: &Sight, lang: Lang) -> Result<Vec<Proposal>, LedgerError> {
        let (sql, where_) = self.uncovered(sight, 1_000);
        let mut found = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let stored = read_entry(&row)?;
            if let Some(decision) = self.proposed(&stored.entry)? {
                let entry = &stored.entry;
                found.push(Proposal {
                    subject: entry.subject,
                    label: String::new(),
                    arrival: entry.id,
                    arrived_at: entry.at,
                    region: entry.region.clone(),
                    proposal: decision.to_json(),
                    plain: entry.flags.is_empty(),
                });
            }
        }
        let labels = self.labels(&found.iter().map(|item| item.subject).collect::<Vec<_>>(), lang)?;
        for item in &mut found {
            item.label = labels
                .get(&item.subject)
                .map(|label| label.name.clone())
                .unwrap_or_default();
        }
        Ok(found)
    }

    /// What the register of orders would compute for this arrival, if it proposes anything.
    fn proposed(&mut self, arrival: &lianfang_kernel::Entry) -> Result<Option<Decision>, LedgerError> {
        let snapshot = self.snapshot.clone();
        let Some(orders) = snapshot.model.registers.get("measure_order") else {
            return Ok(None);
        };
        let Some((_, compute)) = orders.compute.iter().find(|(field, _)| field == "proposal") else {
            return Ok(None);
        };
        let Some(rule) = orders.schema.field("proposal").and_then(|field| match &field.kind {
            lianfang_kernel::Kind::Decision { rule } => snapshot.model.rules.get(rule).cloned(),
            _ => None,
        }) else {
            return Ok(None);
        };
        let Some(view) = self.subject(arrival.subject)? else {
            return Ok(None);
        };
        let stored = self.stored_entries(view.id)?;
        let entries = stored.into_iter().map(|stored| stored.entry).collect();
        let history = History::new(view, entries, None, &snapshot);
        let Some(fact) = history.facts.iter().rev().find(|fact| fact.entry.register == "arrival") else {
            return Ok(None);
        };
        let inputs = eval_inputs(compute, fact, orders, &snapshot, self.now);
        let Some(inputs) = inputs else { return Ok(None) };
        let on = snapshot.zone.day_of(self.now);
        let decision = lianfang_policy::decide(&rule, &inputs, &arrival.region, on, &snapshot).ok();
        Ok(decision.filter(|decision| {
            decision
                .results
                .get("measure")
                .and_then(|measure| measure.as_text())
                .is_some_and(|m| m != "none")
        }))
    }
}

fn eval_inputs(
    compute: &lianfang_policy::Expr,
    arrival: &Fact,
    orders: &lianfang_policy::model::Register,
    snapshot: &lianfang_policy::Snapshot,
    now: Instant,
) -> Option<lianfang_kernel::Datum> {
    let mut vars: Vec<(&str, lianfang_kernel::Datum)> = vec![("entry", arrival.record.clone())];
    for look in &orders.looks {
        vars.push((look.id.as_str(), arrival.record.clone()));
    }
    let region = arrival.entry.region.clone();
    let env = Env {
        vars: &vars,
        snapshot,
        engine: None,
        region: Some(&region),
        at: now,
        now,
    };
    compute.eval(&env).ok()
}
