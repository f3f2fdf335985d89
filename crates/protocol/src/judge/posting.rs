//! What a posting register asks: a positive quantity in a unit of its item, and holders that may hold the accounts.
//! Whether enough is there is judged when the whole group is in.

use super::Case;
use crate::posting::{may_hold, movement, named};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Problem, SubjectKind, SubjectView, Words};
use lianfang_policy::model::Posting;

impl Case<'_> {
    /// Fills in the amount in base units and judges what is moved, from whom and to whom.
    pub(super) fn posting(&mut self) {
        let Some(posting) = &self.candidate.register.posting else {
            return;
        };
        match self.amount(posting) {
            Ok(Some(amount)) => {
                self.entry.body.insert(Posting::AMOUNT.to_owned(), amount.into());
            }
            // That the quantity is missing is told by its field.
            Ok(None) => drop(self.entry.body.remove(Posting::AMOUNT)),
            Err(problem) => self.out.refusals.push(*problem),
        }
        self.out.body = self.entry.body.clone();
        self.holders(posting);
    }

    /// The quantity in the item's base unit.
    fn amount(&self, posting: &Posting) -> Result<Option<i64>, Box<Problem>> {
        let quantity = &posting.quantity;
        let Some(counted) = self.entry.body.get(quantity).and_then(serde_json::Value::as_i64) else {
            return Ok(None);
        };
        if counted <= 0 {
            let what = Words::new("数量须大于零", "The quantity must be above zero");
            let hint = Words::new(
                "要退回请登记方向相反的一笔，要改错请更正原记录",
                "To give it back post the opposite move; to mend a mistake correct the entry",
            );
            return Err(Box::new(Problem::new("not_positive", what, hint).at(quantity)));
        }
        let factor = self.factor(posting)?;
        let Some(amount) = counted.checked_mul(factor) else {
            let what = Words::new("数量过大", "The quantity is too large");
            let hint = Words::new("请核对数量和单位", "Check the number and its unit");
            return Err(Box::new(Problem::new("too_large", what, hint).at(quantity)));
        };
        Ok(Some(amount))
    }

    /// How many base units one of the unit is that was counted in.
    fn factor(&self, posting: &Posting) -> Result<i64, Box<Problem>> {
        let Some((field, unit)) = posting
            .unit
            .as_ref()
            .and_then(|field| Some((field, self.entry.body.get(field)?.as_str()?)))
        else {
            return Ok(1);
        };
        let item = posting.item.as_deref().and_then(|item| named(&self.entry, Some(item)));
        let item = item.and_then(|id| self.view(id));
        let kind = item
            .as_ref()
            .and_then(|item| self.snapshot.model.types.get(&item.kind_type));
        let Some((kind, base)) = kind.and_then(|kind| Some((kind, kind.unit.as_deref()?))) else {
            // An item that is counted in nothing in particular, or that the check of the item tells about.
            return Ok(1);
        };
        if unit == base {
            return Ok(1);
        }
        if let Some(factor) = kind.packing.get(unit) {
            return Ok(*factor);
        }
        let register = &self.candidate.register.schema;
        let list = register.field(field);
        let list = list.and_then(|field| self.snapshot.model.list_of(&field.kind));
        let word = |id: &str| {
            let known = list.and_then(|list| list.value(id));
            known.map_or_else(|| Words::same(id), |value| value.title.clone())
        };
        let (given, base) = (word(unit), word(base));
        let what = Words::new(
            format!("{}按“{}”计，不能按“{}”登记", kind.title.zh, base.zh, given.zh),
            format!("{} is counted in {}, not in {}", kind.title.en, base.en, given.en),
        );
        let hint = Words::new(
            format!("请换算成“{}”后登记", base.zh),
            format!("Give the number in {}", base.en),
        );
        Err(Box::new(Problem::new("unit_mismatch", what, hint).at(field)))
    }

    /// Both holders are known and of the kind that the account is for.
    fn holders(&mut self, posting: &Posting) {
        let Some(movement) = movement(posting, &self.entry) else {
            return;
        };
        let (from, to) = (movement.from.clone(), movement.to.clone());
        for (account, field) in [(from, &posting.from), (to, &posting.to)] {
            let Some(holder) = named(&self.entry, field.as_deref()) else {
                if self
                    .snapshot
                    .model
                    .accounts
                    .get(&account)
                    .is_some_and(|known| known.of.is_some())
                {
                    let what = Words::new("没有说明是谁的库存", "Whose stock it is is missing");
                    let hint = Words::new("请补填", "Fill it in");
                    let field = field.as_deref().unwrap_or("subject");
                    self.refuse_once(Problem::new("holder_missing", what, hint).at(field));
                }
                continue;
            };
            let field = field.as_deref().unwrap_or("subject").to_owned();
            let Some(view) = self.view(holder) else {
                let what = Words::new("没有这个对象", "No such subject");
                let hint = Words::new("请重新从名单中选择", "Pick it again from the list");
                self.refuse_once(Problem::new("unknown_subject", what, hint).at(&field));
                continue;
            };
            let known = self.snapshot.model.accounts.get(&account);
            let Some((account, of)) = known.and_then(|known| Some((known, known.of.as_deref()?))) else {
                continue;
            };
            if !may_hold(&self.snapshot.model, of, &view) {
                let what = Words::new(
                    format!("该对象没有“{}”账户", account.title.zh),
                    format!("This one has no account “{}”", account.title.en),
                );
                let hint = Words::new("请核对移动方式和单位", "Check the kind of move and the unit");
                self.refuse_once(Problem::new("wrong_holder", what, hint).at(&field));
            }
        }
    }

    /// A field that was told about already is not told about again.
    fn refuse_once(&mut self, problem: Problem) {
        if !self.out.refusals.iter().any(|known| known.field == problem.field) {
            self.out.refusals.push(problem);
        }
    }

    /// Who a subject is, as far as it was fetched or stands among the organisations.
    fn view(&self, id: SubjectId) -> Option<SubjectView> {
        if let Some(history) = self.facts.history(id) {
            return Some(history.subject.clone());
        }
        if id == self.entry.subject {
            return Some(self.history.subject.clone());
        }
        let org = self.snapshot.orgs.get(id)?;
        Some(SubjectView {
            id,
            kind: SubjectKind::Organisation,
            kind_type: org.kind_type.clone(),
            region: org.region.clone(),
            unit: None,
            since: org.since,
            until: org.until,
        })
    }
}
