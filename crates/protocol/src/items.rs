//! Tasks asked once for each item of a list: the areas of a station, the persons of a batch.
//!
//! What is asked daily reads its list at the start of each day, so that a day keeps the areas it had; everything else
//! reads it at the start of the enrolment. An entry counts for an item when it is about it or names it, so one entry may
//! count for several items; of one item it discharges one occurrence.

use crate::condition::Scope;
use crate::enrol::item_key;
use crate::facts::Fact;
use crate::look::subject_id;
use crate::matching::Turn;
use crate::schedule::Schedule;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Day, Instant};
use lianfang_policy::Expr;
use lianfang_policy::model::{Task, Timing};

/// One item of a task's list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// What tells it apart; the end of its occurrences' labels.
    pub key: String,
    pub value: Datum,
    /// Whom entries must be about or name.
    pub about: Option<SubjectId>,
}

impl Item {
    /// Whether the entry is about the item or names it; where the task does not say whom, its `where` tells.
    pub fn is_named_by(&self, fact: &Fact) -> bool {
        let Some(about) = self.about else { return true };
        fact.subject == about || names(&fact.record, &about.to_string(), 0)
    }
}

/// Whether a record holds that id as one of its values, in its rows too.
fn names(datum: &Datum, id: &str, depth: u8) -> bool {
    match datum {
        Datum::Text(text) => **text == *id,
        Datum::List(items) => depth < 3 && items.iter().any(|item| names(item, id, depth + 1)),
        Datum::Map(record) => depth < 3 && record.fields().any(|(_, value)| names(value, id, depth + 1)),
        _ => false,
    }
}

/// An item with the days on which it is asked; every day when none are named.
struct Asked {
    item: Item,
    days: Option<Vec<Day>>,
}

impl<'a> Schedule<'_, 'a> {
    /// The occurrences of each item.
    pub fn each(&mut self, task: &'a Task, each: &Expr) -> (Vec<(Item, Vec<Turn<'a>>)>, bool) {
        let asked = match &task.timing {
            Timing::By(_) | Timing::Slots(_) | Timing::PerDay { .. } => self.by_day(task, each),
            _ => {
                let items = self.items(task, each, self.frame.start);
                items.into_iter().map(|item| Asked { item, days: None }).collect()
            }
        };
        let mut bounded = !matches!(task.timing, Timing::By(_) | Timing::Slots(_) | Timing::PerDay { .. });
        let mut laid = Vec::with_capacity(asked.len());
        for Asked { item, days } in asked {
            let before = self.scope.put_item(item.value.clone());
            let (mut turns, ends) = self.turns(task);
            self.scope.put_item(before);
            bounded = ends;
            if let Some(days) = days {
                turns.retain(|turn| days.contains(&self.planner.day_of(turn.opens)));
            }
            for turn in &mut turns {
                turn.label = label(&turn.label, &item.key);
                turn.id = self.names.task(&task.id, &turn.label);
            }
            laid.push((item, turns));
        }
        (laid, bounded)
    }

    /// The items of every day on which the task is asked.
    fn by_day(&mut self, task: &'a Task, each: &Expr) -> Vec<Asked> {
        let mut asked: Vec<Asked> = Vec::new();
        let (turns, _) = self.turns(task);
        let mut days: Vec<Day> = turns.iter().map(|turn| self.planner.day_of(turn.opens)).collect();
        days.dedup();
        for day in days {
            let at = self.start_of(day).max(self.frame.start);
            for item in self.items(task, each, at) {
                match asked.iter_mut().find(|known| known.item.key == item.key) {
                    Some(known) => known.days.get_or_insert_default().push(day),
                    None => asked.push(Asked {
                        item,
                        days: Some(vec![day]),
                    }),
                }
            }
        }
        asked
    }

    fn items(&mut self, task: &Task, each: &Expr, at: Instant) -> Vec<Item> {
        let list = match self.scope.eval(each, at, None) {
            Ok(list) => list,
            Err(error) => {
                self.planner
                    .fault(self.protocol, Some(self.frame.enrolment), each.source(), error);
                return Vec::new();
            }
        };
        let mut items: Vec<Item> = Vec::with_capacity(list.items().len());
        for value in list.items() {
            let about = match &task.of {
                None => None,
                Some(of) => match self.whom(of, value, at) {
                    Some(about) => Some(about),
                    None => continue,
                },
            };
            let key = about.map_or_else(|| item_key(value), |about| about.to_string());
            if items.iter().all(|known| known.key != key) {
                items.push(Item {
                    key,
                    value: value.clone(),
                    about,
                });
            }
        }
        items
    }

    fn whom(&mut self, of: &Expr, item: &Datum, at: Instant) -> Option<SubjectId> {
        let before = self.scope.put_item(item.clone());
        let named = Scope::eval(self.scope, of, at, None);
        self.scope.put_item(before);
        match named {
            Ok(named) => subject_id(&named),
            Err(error) => {
                self.planner
                    .fault(self.protocol, Some(self.frame.enrolment), of.source(), error);
                None
            }
        }
    }
}

fn label(of_turn: &str, key: &str) -> String {
    if of_turn.is_empty() {
        key.to_owned()
    } else {
        format!("{of_turn}/{key}")
    }
}
