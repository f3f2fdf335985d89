//! How offices answer the duties that appear by themselves: calls, receipts, excuses, releases tried again.

use super::dice::Dice;
use super::story::Story;
use super::teller::{About, Event, Teller};
use crate::failure::Outcome;
use lianfang_kernel::Instant;
use lianfang_ledger::Ledger;
use lianfang_ledger::read::{Sight, TaskFilter, TaskItem};
use lianfang_ledger::wire::Author;
use serde_json::{Value, json};

/// Tasks looked at in one go.
const PAGE: usize = 500;

impl Story<'_> {
    /// Calls whoever was missed, acknowledges what was reported.
    ///
    /// # Errors
    /// The database.
    pub fn answer(&self, ledger: &Ledger, dice: &mut Dice, teller: &mut Teller<'_>, now: Instant) -> Outcome {
        for task in tasks(ledger, "open", Some("call-today"), None, None)? {
            if dice.chance(85) {
                let reached = dice.chance(90);
                let body = json!({ "outcome": if reached { "reached" } else { "not_reached" }, "finding": "well" });
                self.discharge(teller, now, &task, "call", body);
            }
        }
        for task in tasks(ledger, "open", None, Some("receipt"), None)? {
            if dice.chance(70) {
                self.discharge(teller, now, &task, "receipt", json!({ "task": task.id }));
            }
        }
        Ok(())
    }

    /// Excuses readings missed on the day before and signs releases that have become possible.
    ///
    /// # Errors
    /// The database.
    pub fn put_right(&self, ledger: &Ledger, dice: &mut Dice, teller: &mut Teller<'_>, now: Instant) -> Outcome {
        let Some(doctor) = self.town.by_role.get("community-health") else {
            return Ok(());
        };
        let since = now.plus_ms(-24 * 3_600_000);
        for protocol in ["m217", "home14", "central14"] {
            for task in tasks(ledger, "missed", Some(protocol), None, Some((since, now)))? {
                if matches!(task.expects.as_str(), "temperature" | "home_visit") && dice.chance(75) {
                    let body = json!({ "task": task.id, "reason": "本人外出就诊，已电话核实无异常" });
                    self.write(teller, now, doctor, &task, "excuse", body);
                }
            }
        }
        let ready = ledger.read(|reader| {
            let sql = "select subject from enrolment where state = 'active' and ready is not null and protocol in ('m217', 'home14', 'central14') order by subject";
            let rows = reader.connection().query(sql, &[])?;
            Ok(rows
                .iter()
                .map(|row| row.uuid("subject"))
                .collect::<Result<Vec<_>, _>>()?)
        })?;
        let Some(signer) = self.town.by_role.get("signer") else {
            return Ok(());
        };
        for subject in ready {
            let about = About::Sent(json!(subject));
            let event = Event::new(signer.clone(), "release_order", about, json!({}));
            teller.at(now.plus_ms(60_000), event);
        }
        Ok(())
    }

    fn discharge(&self, teller: &mut Teller<'_>, now: Instant, task: &TaskItem, register: &'static str, body: Value) {
        let author = task.owner.and_then(|owner| self.town.authors.get(&owner));
        if let Some(author) = author {
            self.write(teller, now, author, task, register, body);
        }
    }

    fn write(
        &self,
        teller: &mut Teller<'_>,
        now: Instant,
        author: &Author,
        task: &TaskItem,
        register: &'static str,
        body: Value,
    ) {
        let about = About::Sent(json!(task.subject));
        let event = Event::new(author.clone(), register, about, body);
        teller.at(now.plus_ms(60_000), event);
    }
}

fn tasks(
    ledger: &Ledger,
    state: &str,
    protocol: Option<&str>,
    kind: Option<&str>,
    between: Option<(Instant, Instant)>,
) -> Outcome<Vec<TaskItem>> {
    let filter = TaskFilter {
        state: Some(state.to_owned()),
        protocol: protocol.map(str::to_owned),
        kind: kind.map(str::to_owned),
        between,
        limit: PAGE,
        ..TaskFilter::default()
    };
    Ok(ledger.read(|reader| reader.tasks(&Sight::All, &filter))?.items)
}
