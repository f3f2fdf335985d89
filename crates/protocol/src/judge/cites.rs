//! What an interval of the snapshot rests on: the order it cites must be known, cover its place, and be in force for part
//! of its time. Its end before that time rests on an order too.

use super::Case;
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Act, Datum, Instant, Problem, Words};
use lianfang_policy::Interval;

/// The field of an end act that names the order it rests on.
const LIFTED_BY: &str = "lifted_by";

impl Case<'_> {
    pub(super) fn cites(&mut self) {
        let schema = &self.candidate.register.schema;
        let Some(cited) = schema.cites.clone().filter(|_| schema.reference) else {
            return;
        };
        match self.entry.act {
            Act::New | Act::Correct => {
                let record = self.record();
                let moment = |name: &str| record.get(name).and_then(Datum::as_int).map(Instant);
                let from = moment("from").unwrap_or(self.entry.at);
                let to = moment("to").unwrap_or(Instant::MAX);
                self.rests_on(&cited, &cited, (from, to));
            }
            Act::End => {
                let at = self.entry.at;
                self.rests_on(&cited, LIFTED_BY, (at, at.plus_ms(1)));
            }
            Act::Withdraw => {}
        }
    }

    /// Whether the order that `field` names is in force for part of `from..to`.
    fn rests_on(&mut self, register: &str, field: &str, (from, to): (Instant, Instant)) {
        let Some(named) = self.entry.body.get(field).and_then(|id| id.as_str()) else {
            // A required field that is empty was told already.
            if field == LIFTED_BY {
                let what = Words::new("解除须依据文书", "Lifting it early needs an order");
                let hint = Words::new(
                    "请在“解除依据文书”中选择准予解除的命令；到期的限制自行失效，不必解除",
                    "Name the order that lifts it; what runs out needs no act",
                );
                self.out
                    .refusals
                    .push(Problem::new("order_missing", what, hint).at(field));
            }
            return;
        };
        let reference = self.snapshot.reference.clone();
        let order = named
            .parse::<EntryId>()
            .ok()
            .and_then(|id| reference.by_entry(register, id));
        let Some(order) = order else {
            let what = Words::new("没有这项命令", "There is no such order");
            let hint = Words::new(
                "先登记命令，再登记依据它的限制",
                "Enter the order first, then what rests on it",
            );
            self.out
                .refusals
                .push(Problem::new("order_unknown", what, hint).at(field));
            return;
        };
        if order.from.max(from) >= order.to.min(to) {
            let what = Words::new(
                "所依据的命令届时不在有效期内",
                "The order it rests on is not in force then",
            );
            let hint = Words::new(
                "请核对起止时间，或依据有效的命令",
                "Check the dates, or cite an order that is in force",
            );
            self.out
                .refusals
                .push(Problem::new("order_not_in_force", what, hint).at(field));
        }
        if !self.covers_place(order) {
            let what = Words::new(
                "所依据的命令不适用于此地",
                "The order it rests on does not reach this place",
            );
            let hint = Words::new(
                "请依据本地或上级区域的命令",
                "Cite an order of this region or of one it lies in",
            );
            self.out
                .refusals
                .push(Problem::new("order_elsewhere", what, hint).at(field));
        }
    }

    fn covers_place(&self, order: &Interval) -> bool {
        self.snapshot.regions.within(&self.entry.region, &order.region)
    }
}
