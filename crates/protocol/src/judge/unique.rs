//! At most one row of a kind; and what is told long after it happened.

use super::Case;
use crate::facts::Fact;
use lianfang_kernel::{Datum, Flag, Instant, Problem, Words};
use lianfang_policy::model::UniqueThen;

const DAY_MS: i64 = 86_400_000;

impl Case<'_> {
    /// Another row with the same key. Only rows of the subject's own history are seen here: a key without `subject` is
    /// held by the writer's guard keys.
    pub(super) fn unique(&mut self) {
        let Some(unique) = &self.candidate.register.unique else {
            return;
        };
        let record = self.record();
        let row = self.row();
        let mine: Vec<Option<String>> = unique
            .per
            .iter()
            .map(|part| self.part(part, &record, self.entry.at))
            .collect();
        let same = |fact: &&Fact| {
            fact.entry.register == self.entry.register
                && fact.origin != row
                && self.history.is_self(fact.entry.subject)
                && unique
                    .per
                    .iter()
                    .zip(&mine)
                    .all(|(part, mine)| self.part(part, &fact.record, fact.entry.at) == *mine)
        };
        let Some(other) = self.history.facts.iter().find(same) else {
            return;
        };
        let at = other.entry.at.in_zone(&self.snapshot.zone);
        let what = Words::new("已有一条相同的记录（{at}）", "There is one already ({at})").with("at", at);
        match unique.then {
            UniqueThen::Refuse => {
                let hint = Words::new("如需更改请更正原记录", "To change it, correct the one that is there");
                self.refuse_by_file(Problem::new("not_unique", what, hint));
            }
            UniqueThen::First | UniqueThen::Flag => {
                self.out.flags.push(Flag {
                    code: "not_unique".to_owned(),
                    what,
                });
            }
        }
    }

    fn part(&self, part: &str, record: &Datum, at: Instant) -> Option<String> {
        match part {
            // Merged files are one subject.
            "subject" => None,
            "day" => Some(self.snapshot.zone.day_of(at).to_string()),
            field => record.get(field).map(Datum::to_string),
        }
    }

    /// Nothing is refused for being old; what is older than usual is flagged.
    ///
    /// An act holds from when it says: an order of last week may well be entered today.
    pub(super) fn clock(&mut self) {
        if self.is_act() {
            return;
        }
        let (at, received) = (self.entry.at, self.entry.received_at);
        let limit = self.snapshot.setting("backdate", &self.entry.region, received);
        let limit = limit.and_then(|limit| limit.as_int());
        let Some(limit) = limit else { return };
        let in_ms = self
            .snapshot
            .model
            .settings
            .get("backdate")
            .is_some_and(|setting| setting.kind == "duration");
        let limit_ms = if in_ms { limit } else { limit.saturating_mul(DAY_MS) };
        if received.0.saturating_sub(at.0) > limit_ms {
            let what = Words::new(
                "补录：发生时间早于补录期限",
                "Backdated: it happened longer ago than usual",
            );
            self.out.flags.push(Flag {
                code: "backdated".to_owned(),
                what,
            });
        }
    }
}
