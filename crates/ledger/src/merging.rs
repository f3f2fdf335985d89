//! Two files found to be of one person: the kept file reads both, and withdrawing the merge parts them again.
//!
//! Who merges takes from one file and gives to another, so both must be in the author's area. Where the city asks for two
//! pairs of eyes (setting `merge_eyes`), somebody else must have said before, in the register `same_person`, that
//! the two are one.

use crate::LedgerError;
use crate::append::resolve::through_merges;
use crate::append::rights::{self, Standing};
use crate::batch::{Batch, history_of};
use crate::embargo;
use crate::wire::{Author, NewEntry};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Act, Datum, Entry, Problem, SubjectView, Words};
use lianfang_protocol::linked_by;

/// The register whose entries merge files.
pub const MERGES: &str = "merge";
/// The register in which somebody says that two files are of one person, for somebody else to sign.
pub const OPINIONS: &str = "same_person";
/// The register that keeps two files apart for good.
pub const APART: &str = "not_same";
/// The setting that says how many people must agree.
pub const EYES: &str = "merge_eyes";

/// What speaks against merging one file into another.
pub(crate) fn judge(
    batch: &mut Batch<'_>,
    standing: &Standing<'_>,
    author: &Author,
    new: &NewEntry,
    from: &SubjectView,
) -> Result<Result<(), Problem>, LedgerError> {
    if new.register != MERGES || new.act != Act::New {
        return Ok(Ok(()));
    }
    let named = new
        .body
        .get("into")
        .and_then(|id| id.as_str()?.parse::<SubjectId>().ok());
    let into = match named {
        Some(id) => through_merges(batch, id)?,
        None => None,
    };
    let Some(into) = into else {
        let what = Words::new("没有要并入的档案", "There is no such file to merge into");
        let hint = Words::new("请填要保留的档案的编号", "Give the id of the file to keep");
        return Ok(Err(Problem::new("unknown_subject", what, hint).at("body.into")));
    };
    if into == from.id {
        let what = Words::new("两个编号已是同一份档案", "Both are one file already");
        let hint = Words::new("无需合并", "There is nothing to merge");
        return Ok(Err(Problem::new("same_file", what, hint).at("body.into")));
    }
    let snapshot = batch.snapshot.clone();
    let Some(kept) = batch.subjects.get(&into).map(|state| state.view.clone()) else {
        return Ok(Ok(()));
    };
    if kept.kind != from.kind {
        let what = Words::new("两份档案不是同一类对象", "The two files are of different kinds");
        let hint = Words::new("请核对编号", "Check the ids");
        return Ok(Err(Problem::new("wrong_subject", what, hint).at("body.into")));
    }
    if let Err(problem) = rights::may_act_on(standing, author, &snapshot, &kept, &kept.region, false) {
        return Ok(Err(problem.at("body.into")));
    }
    let eyes = snapshot.setting(EYES, &kept.region, batch.now);
    if standing.is_system || eyes.as_ref().and_then(Datum::as_int).unwrap_or(1) < 2 {
        return Ok(Ok(()));
    }
    Ok(somebody_else_said_so(batch, author, from.id, into))
}

fn somebody_else_said_so(batch: &Batch<'_>, author: &Author, from: SubjectId, into: SubjectId) -> Result<(), Problem> {
    let Some(state) = batch.subjects.get(&from) else {
        return Ok(());
    };
    let is_taken_back = |entry: &Entry| {
        let mut later = state.entries.iter();
        later.any(|other| other.entry.act == Act::Withdraw && other.entry.replaces == Some(entry.id))
    };
    let mut said = state.entries.iter().map(|stored| &stored.entry).filter(|entry| {
        let of = entry
            .body
            .get("other")
            .and_then(|id| id.as_str()?.parse::<SubjectId>().ok());
        entry.register == OPINIONS && entry.act == Act::New && of == Some(into) && !is_taken_back(entry)
    });
    if said.any(|entry| entry.login.is_some() && entry.login != author.login) {
        return Ok(());
    }
    let what = Words::new(
        "本市要求两人核对：还没有另一人认定这两份档案是同一人",
        "Two people must agree here: nobody else has said yet that the two files are of one person",
    );
    let hint = Words::new(
        "请先由一人登记《认定同一人》，再由另一人签合并",
        "One person enters “Same person” first, another then signs the merge",
    );
    Err(Problem::new("two_eyes", what, hint))
}

/// What a merge, or its withdrawal, does to the two files.
pub(crate) fn merge(batch: &mut Batch<'_>, entry: &Entry) -> Result<(), LedgerError> {
    let named = entry
        .body
        .get("into")
        .and_then(|id| id.as_str()?.parse::<SubjectId>().ok());
    let (Some(into), from) = (named, entry.subject) else {
        return Ok(());
    };
    if entry.act == Act::Withdraw {
        return part(batch, from, into);
    }
    let Some(into) = through_merges(batch, into)? else {
        return Ok(());
    };
    if into == from {
        return Ok(());
    }
    batch.load_subjects(&[into])?;
    let known: Vec<_> = batch
        .change(into)?
        .entries
        .iter()
        .map(|stored| stored.entry.id)
        .collect();
    let moved = batch.change(from)?.entries.clone();
    let snapshot = batch.snapshot.clone();
    for stored in &moved {
        let row = vec![
            into.0.into(),
            stored.entry.id.0.into(),
            stored.entry.subject.0.into(),
            "merge".into(),
        ];
        batch.pending.links.push(row);
        if let Some(register) = snapshot.model.registers.get(&stored.entry.register) {
            embargo::keep(batch, register, &stored.entry, &[into]);
        }
    }
    let aliases = batch.change(from)?.aliases.clone();
    let kept = batch.change(into)?;
    // An entry that names both files stands in both already.
    kept.entries
        .extend(moved.into_iter().filter(|stored| !known.contains(&stored.entry.id)));
    kept.aliases.push(from);
    kept.aliases.extend(aliases);
    kept.history = history_of(kept, &snapshot);
    let left = batch.change(from)?;
    left.merged_into = Some(into);
    left.row_changed = true;
    crate::replan::replan(batch, from)?;
    crate::replan::replan(batch, into)
}

fn part(batch: &mut Batch<'_>, from: SubjectId, into: SubjectId) -> Result<(), LedgerError> {
    batch.load_subjects(&[from])?;
    let left = batch.change(from)?;
    // The file it was merged into may have been merged on; this one reads of it what it read then.
    let into = left.merged_into.take().unwrap_or(into);
    left.row_changed = true;
    let own: Vec<_> = left.entries.iter().map(|stored| stored.entry.id).collect();
    batch.pending.parted.extend(own.iter().map(|id| (into, *id)));
    batch.load_subjects(&[into])?;
    let snapshot = batch.snapshot.clone();
    let model = snapshot.model.clone();
    let kept = batch.change(into)?;
    kept.entries.retain(|stored| {
        let entry = &stored.entry;
        let fields = model
            .registers
            .get(&entry.register)
            .map(|register| &register.schema.fields);
        let names_kept = fields.is_some_and(|fields| linked_by(&entry.body, fields).contains(&into));
        entry.subject == into || names_kept || !own.contains(&entry.id)
    });
    kept.aliases.retain(|alias| *alias != from);
    kept.history = history_of(kept, &snapshot);
    crate::replan::replan(batch, from)?;
    crate::replan::replan(batch, into)
}
