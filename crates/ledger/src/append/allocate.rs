//! An allocation run: what is in store shared out over the open requests, each row with its reason.
//!
//! What earlier runs gave is taken off what was asked, so a run can be made again when more came in.

use crate::LedgerError;
use crate::batch::Batch;
use crate::posting;
use crate::read::{FigureQuery, Looker, Reader};
use crate::wire::{NewEntry, SubjectIn};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Problem, RegionId, Words};
use lianfang_policy::model::{Allocation, Register};
use lianfang_protocol::allocation::{Ask, share};
use lianfang_protocol::{BalancePlace, Fact};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A request that is not filled.
struct Open {
    request: SubjectId,
    class: String,
    wanted: i64,
}

/// The entry with the rows of its run.
pub(super) fn fill(
    batch: &mut Batch<'_>,
    register: &Register,
    allocation: &Allocation,
    region: &RegionId,
    new: &NewEntry,
) -> Result<Result<NewEntry, Problem>, LedgerError> {
    if new.body.get(&allocation.field).is_some_and(|given| !given.is_null()) {
        return Ok(Err(not_typed(&allocation.field)));
    }
    let mut filled = new.clone();
    let named = |value: Option<&Value>| {
        value
            .and_then(Value::as_str)
            .and_then(|id| id.parse::<SubjectId>().ok())
    };
    let (Some(SubjectIn::Id(holder)), Some(item)) = (&new.subject, named(new.body.get(&allocation.item))) else {
        // What is missing is told by the check of the fields.
        return Ok(Ok(filled));
    };
    batch.flush_what_stands()?;
    let place = BalancePlace {
        account: allocation.account.clone(),
        holder: *holder,
        item: Some(item),
        lot: None,
    };
    posting::read_balances(batch, vec![place.clone()])?;
    let stock = batch.read_balances.get(&place).copied().unwrap_or(0);
    let mut open = open(batch, register, allocation, (region, item))?;
    let classes = batch.snapshot.model.lists.get(&allocation.classes).cloned();
    let rank = |class: &str| {
        classes
            .as_ref()
            .and_then(|list| list.value(class)?.rank)
            .unwrap_or(i64::MAX)
    };
    // Of more requests than an entry holds the first classes are shared out now, the others by the next run.
    open.sort_by_key(|open| rank(&open.class));
    let most = register.schema.field(&allocation.field).map_or(0, |field| field.many);
    open.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let asks: Vec<Ask> = open
        .iter()
        .map(|open| Ask {
            class: rank(&open.class),
            want: open.wanted,
        })
        .collect();
    let shares = share(&asks, stock);
    let rows = open.iter().zip(shares).map(|(open, (given, reason))| {
        json!({
            "request": open.request.to_string(), "class": open.class, "wanted": open.wanted, "given": given,
            "reason": reason.id(),
        })
    });
    filled.body.insert(allocation.field.clone(), rows.collect());
    Ok(Ok(filled))
}

/// Requests for the item that are not filled, in the order in which they came.
fn open(
    batch: &mut Batch<'_>,
    register: &Register,
    allocation: &Allocation,
    (region, item): (&RegionId, SubjectId),
) -> Result<Vec<Open>, LedgerError> {
    let mut reader = Reader {
        looker: Looker::default(),
        core: batch.core,
        connection: &mut *batch.connection,
        snapshot: batch.snapshot.clone(),
        now: batch.now,
    };
    let everything = FigureQuery::default();
    let runs = reader.facts(std::slice::from_ref(&register.schema.id), region, &everything)?;
    let requests = reader.facts(std::slice::from_ref(&allocation.requests), region, &everything)?;
    let mut given: HashMap<String, i64> = HashMap::new();
    for row in runs
        .iter()
        .filter_map(|run| run.record.get(&allocation.field))
        .flat_map(rows)
    {
        let request = row.get("request").and_then(Datum::as_text);
        let n = row.get("given").and_then(Datum::as_int);
        if let (Some(request), Some(n)) = (request, n) {
            *given.entry(request.to_owned()).or_default() += n;
        }
    }
    let is_of_item = |fact: &&Fact| {
        let named = fact.record.get(&allocation.item).and_then(Datum::as_text);
        named == Some(item.to_string().as_str())
    };
    let open = requests.iter().filter(is_of_item).filter_map(|fact| {
        let request = fact.entry.subject;
        let wanted = fact.record.get(&allocation.want).and_then(Datum::as_int)?;
        let wanted = wanted - given.get(&request.to_string()).copied().unwrap_or(0);
        let class = fact.record.get(&allocation.class).and_then(Datum::as_text)?;
        (wanted > 0).then(|| Open {
            request,
            class: class.to_owned(),
            wanted,
        })
    });
    Ok(open.collect())
}

fn rows(list: &Datum) -> impl Iterator<Item = &Datum> {
    match list {
        Datum::List(rows) => rows.iter(),
        _ => [].iter(),
    }
}

fn not_typed(field: &str) -> Problem {
    let what = Words::new(
        "分配结果由系统按优先级得出，不能填写",
        "The shares follow from the classes and cannot be written",
    );
    let hint = Words::new("请只填物资，由系统分配", "Name the goods only");
    Problem::new("field_computed", what, hint).at(field)
}
