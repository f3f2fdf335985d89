//! Entries that are not for everybody yet: an unannounced visit is nobody's business before it begins.
//!
//! What is kept beside such an entry is one row for each file that it stands in; [`crate::read`] leaves out by it what a
//! reader may not know of yet, and what follows from it.

use crate::batch::{Batch, SubjectState};
use lianfang_db::Value;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Act, Entry, Instant};
use lianfang_policy::Model;
use lianfang_policy::model::Register;

/// The moment from which an entry is for everybody who reads the register; none when it always was.
pub(crate) fn until(register: &Register, entry: &Entry) -> Option<Instant> {
    let field = register.schema.embargo.as_deref()?;
    let text = entry.body.get(field)?.as_str()?;
    Instant::parse(text).ok()
}

/// The same of an entry of a file by its id, as its latest correction says that was recorded by a moment.
pub(crate) fn of_origin(model: &Model, state: &SubjectState, origin: EntryId, by: Instant) -> Option<Instant> {
    let mut here = state.entries.iter().find(|stored| stored.entry.id == origin)?;
    let register = model.registers.get(&here.entry.register)?;
    register.schema.embargo.as_ref()?;
    let corrected = |id: EntryId| {
        let mut entries = state.entries.iter();
        entries.find(|stored| {
            let entry = &stored.entry;
            entry.act == Act::Correct && entry.replaces == Some(id) && entry.recorded_at <= by
        })
    };
    while let Some(next) = corrected(here.entry.id) {
        here = next;
    }
    until(register, &here.entry)
}

/// Keeps an entry from others, in every file that it stands in; what it replaces with it, as the latest word says.
pub(crate) fn keep(batch: &mut Batch<'_>, register: &Register, entry: &Entry, files: &[SubjectId]) {
    let until = until(register, entry);
    if register.schema.embargo.is_none() || until.is_none() && entry.replaces.is_none() {
        return;
    }
    let mut chain = vec![entry.id];
    let mut before = entry.replaces;
    while let Some(id) = before {
        chain.push(id);
        let state = batch.subjects.get(&entry.subject);
        let stored = state.and_then(|state| state.entries.iter().find(|stored| stored.entry.id == id));
        before = stored.and_then(|stored| stored.entry.replaces);
    }
    for (file, id) in files.iter().flat_map(|file| chain.iter().map(move |id| (file, id))) {
        batch.pending.embargoes.push(vec![
            file.0.into(),
            id.0.into(),
            register.schema.id.as_str().into(),
            entry.org.map(|org| org.0).into(),
            Value::Int(until.map_or(0, |until| until.0)),
        ]);
    }
}
