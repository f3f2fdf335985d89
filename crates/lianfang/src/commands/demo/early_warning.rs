//! What early warning rests on and does: sales of pharmacies, residents by township, signals verified, assessed and answered.

use super::dice::Dice;
use super::people::clock;
use super::story::{Story, org_subject, region_subject};
use super::teller::{About, Event, Teller};
use crate::failure::Outcome;
use lianfang_kernel::{Day, Instant, RegionId};
use lianfang_ledger::Ledger;
use lianfang_ledger::read::{Sight, TaskFilter, TaskItem};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Protocols of signals, each with the source that its entries name.
const SIGNALS: [(&str, &str); 4] = [
    ("case-signal", "cases"),
    ("pharmacy-area-signal", "pharmacy"),
    ("pharmacy-signal", "pharmacy"),
    ("signals-agree", "joint"),
];
/// Verified, assessed, answered.
const STEPS: usize = 3;
/// Made-up residents of a village or neighbourhood.
const RESIDENTS: usize = 1_150;

impl Story<'_> {
    /// Every evening each pharmacy counts its sales: a rise where the outbreak is, before cases rise; a sale of one day elsewhere.
    pub fn sales(&self, dice: &mut Dice, teller: &mut Teller<'_>) {
        let days = self.first.until(self.today).max(1);
        let outbreak = self.outbreak_county();
        let last = self
            .town
            .pharmacies
            .last()
            .and_then(|(_, region)| county(region.as_str()));
        let mut day = self.first.plus(1);
        while day <= self.today {
            let n = self.first.until(day) * 100 / days;
            for (org, region) in &self.town.pharmacies {
                let percent = match (county(region.as_str()) == outbreak, n) {
                    (true, 45..60) => 100 + (n - 45) * 8,
                    (true, 60..) => 220,
                    // A sale, and nobody ill.
                    (false, 55..60) if last == county(region.as_str()) => 260,
                    _ => 100,
                };
                let fever = dice.between(15, 21) * percent / 100;
                let body = json!({
                    "fever": fever, "cough": dice.between(18, 26) * (percent + 100) / 200,
                    "antiviral": dice.between(2, 5), "antibiotic": dice.between(6, 11), "vouchers": fever / 6,
                });
                let at = clock(self.zone, day, 19, dice.between(0, 50));
                self.tell_org(teller, at, *org, "pharmacy_day", org_subject(*org), body);
            }
            day = day.plus(1);
        }
    }

    /// How many live in each township: made up like its people.
    pub fn residents(&self, teller: &mut Teller<'_>) {
        let mut villages: BTreeMap<&RegionId, usize> = BTreeMap::new();
        for (_, township) in &self.town.places.villages {
            *villages.entry(township).or_default() += 1;
        }
        let at = clock(self.zone, self.first, 6, 30);
        for (township, count) in villages {
            let body = json!({
                "residents": count * RESIDENTS, "counted_on": self.first.to_string(),
                "source": "演示虚构：每个村（社区）按1,150人计",
            });
            let about = About::Sent(region_subject(township.as_str()));
            teller.at(at, Event::new(self.role("cdc"), "population", about, body));
        }
    }

    /// Takes up what has been signalled: most within the half hour, some hours later. What only one county's sale explains is
    /// dismissed.
    ///
    /// # Errors
    /// The database.
    pub fn answer_signals(&self, ledger: &Ledger, dice: &mut Dice, teller: &mut Teller<'_>, now: Instant) -> Outcome {
        for _ in 0..STEPS {
            let mut answered = false;
            for (protocol, source) in SIGNALS {
                for task in open(ledger, protocol)? {
                    // The health authority signs for what agrees in its own time.
                    if task.kind == "receipt" || dice.chance(20) {
                        continue;
                    }
                    if let Some((register, body)) = self.answer_to(&task, source, now) {
                        teller.at(now, self.early(About::Sent(json!(task.subject)), register, body));
                        answered = true;
                    }
                }
            }
            if !answered {
                return Ok(());
            }
            teller.until(dice, now)?;
        }
        Ok(())
    }

    fn answer_to(&self, task: &TaskItem, source: &str, now: Instant) -> Option<(&'static str, Value)> {
        let is_sale = source == "pharmacy" && !self.is_of_the_outbreak(task);
        Some(match task.task.as_str() {
            "verify" if is_sale => (
                "signal_verification",
                json!({ "source": source, "finding": "explained", "reason": "药店当日促销，与发病无关" }),
            ),
            "verify" => ("signal_verification", json!({ "source": source, "finding": "stands" })),
            "assess" => {
                let first: Day = self.zone.day_of(now).plus(-6);
                let body = json!({
                    "source": source, "grade": if source == "joint" { "high" } else { "medium" },
                    "first_on": first.to_string(), "basis": "病例集中在相邻街道，退热药销售同时上升",
                });
                ("signal_assessment", body)
            }
            "respond" => ("signal_response", json!({ "source": source, "measure": "investigate" })),
            _ => return None,
        })
    }

    fn is_of_the_outbreak(&self, task: &TaskItem) -> bool {
        let of = county(task.region.as_str());
        of.is_some() && of == self.outbreak_county()
    }

    /// Where people fall ill: the county of the first township.
    fn outbreak_county(&self) -> Option<&str> {
        self.town.communities.keys().min().and_then(|id| county(id.as_str()))
    }

    fn early(&self, about: About, register: &'static str, body: Value) -> Event {
        Event::new(self.role("early-warning"), register, about, body)
    }
}

/// The county that a code lies in.
fn county(code: &str) -> Option<&str> {
    code.get(..6)
}

fn open(ledger: &Ledger, protocol: &str) -> Outcome<Vec<TaskItem>> {
    let filter = TaskFilter {
        state: Some("open".to_owned()),
        protocol: Some(protocol.to_owned()),
        limit: 50,
        ..TaskFilter::default()
    };
    Ok(ledger.read(|reader| reader.tasks(&Sight::All, &filter))?.items)
}
