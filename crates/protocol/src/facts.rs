//! The facts of one subject, as conditions see them.

use crate::chain::rows;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Act, Datum, Entry, Instant, RegionId, SubjectView};
use lianfang_policy::model::Register;
use lianfang_policy::{Model, Snapshot};
use std::sync::Arc;

/// One effective entry with its record.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The entry; of a corrected one its latest version, of an ended interval one that carries its end in `to`.
    pub entry: Arc<Entry>,
    /// Built-ins and body as conditions see them: moments in milliseconds, days, scaled decimals, ids as text, a decision
    /// as its results.
    pub record: Datum,
    /// The first version: what ids derive from, so that a correction keeps enrolments and tasks.
    pub origin: EntryId,
    /// When the first version reached the server: a typing error put right tomorrow does not make today's report late.
    pub known: Instant,
    /// What planning asks of every entry, at hand without going to the entry itself.
    pub(crate) at: Instant,
    pub(crate) subject: SubjectId,
    pub(crate) region: RegionId,
    pub(crate) register: Arc<str>,
}

impl Fact {
    /// An entry that was not corrected, or whose correction names its first version.
    pub fn new(entry: Arc<Entry>, register: &Register) -> Fact {
        let origin = match entry.act {
            Act::Correct => entry.replaces.unwrap_or(entry.id),
            _ => entry.id,
        };
        Fact {
            record: register.record(&entry),
            origin,
            known: entry.received_at,
            at: entry.at,
            subject: entry.subject,
            region: entry.region.clone(),
            register: Arc::clone(register.layout.register()),
            entry,
        }
    }

    /// A moment field of its record; `at` is the entry's own.
    pub(crate) fn moment(&self, field: Option<&str>) -> Option<Instant> {
        match field {
            None | Some("at") => Some(self.at),
            Some(field) => self.record.get(field).and_then(Datum::as_int).map(Instant),
        }
    }

    /// A text field of its record.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.record.get(field).and_then(Datum::as_text)
    }
}

/// A subject and everything that is known of it.
#[derive(Clone, Debug)]
pub struct History {
    /// What is seen of it now.
    pub subject: SubjectView,
    /// Other ids of the same subject: files that were merged into this one.
    pub aliases: Vec<SubjectId>,
    /// What holds: corrections and withdrawals applied, ordered by (at, id). Entries of other subjects that name this one
    /// stand here too.
    pub facts: Vec<Fact>,
    /// Every entry as written, ordered by (at, id): what happened to the facts.
    pub all: Vec<Arc<Entry>>,
}

impl History {
    /// Gathers the entries linked to a subject, as known at `as_of` (everything, when none). An entry of a register that
    /// no pack declares any more stays in `all` and is no fact.
    pub fn new(subject: SubjectView, mut all: Vec<Arc<Entry>>, as_of: Option<Instant>, snapshot: &Snapshot) -> History {
        all.retain(|entry| as_of.is_none_or(|as_of| entry.recorded_at <= as_of));
        all.sort_by_key(|entry| (entry.at, entry.id));
        all.dedup_by_key(|entry| entry.id);
        let mut facts: Vec<Fact> = Vec::with_capacity(all.len());
        for row in rows(&all) {
            if let Some(register) = snapshot.model.registers.get(&row.entry.register) {
                let mut fact = Fact::new(row.entry, register);
                (fact.origin, fact.known) = (row.origin, row.known);
                facts.push(fact);
            }
        }
        History {
            subject,
            aliases: Vec::new(),
            facts,
            all,
        }
    }

    /// Takes in one more entry. An entry that only adds is put in its place; what changes others makes the facts anew.
    pub fn add(&mut self, entry: Arc<Entry>, snapshot: &Snapshot) {
        let place = self
            .all
            .partition_point(|known| (known.at, known.id) < (entry.at, entry.id));
        if self.all.get(place).is_some_and(|known| known.id == entry.id) {
            return;
        }
        let others_change = entry.act != Act::New || self.all.iter().any(|known| known.replaces == Some(entry.id));
        if others_change {
            self.all.push(entry);
            let (subject, all) = (self.subject.clone(), std::mem::take(&mut self.all));
            let aliases = std::mem::take(&mut self.aliases);
            *self = History::new(subject, all, None, snapshot).with_aliases(aliases);
            return;
        }
        if let Some(register) = snapshot.model.registers.get(&entry.register) {
            let fact = Fact::new(Arc::clone(&entry), register);
            let at = self
                .facts
                .partition_point(|known| (known.at, known.origin) < (fact.at, fact.origin));
            self.facts.insert(at, fact);
        }
        self.all.insert(place, entry);
    }

    /// The same with the ids of files merged into this one.
    #[must_use]
    pub fn with_aliases(mut self, aliases: Vec<SubjectId>) -> History {
        self.aliases = aliases;
        self
    }

    /// Whether `id` is this subject, under its own or a merged id.
    pub fn is_self(&self, id: SubjectId) -> bool {
        self.subject.id == id || self.aliases.contains(&id)
    }

    /// The same without one row, as when that row is about to be corrected.
    pub(crate) fn without(&self, origin: EntryId) -> History {
        let facts = self
            .facts
            .iter()
            .filter(|fact| fact.origin != origin)
            .cloned()
            .collect();
        History {
            subject: self.subject.clone(),
            aliases: self.aliases.clone(),
            facts,
            all: self.all.clone(),
        }
    }

    /// The facts by register, each with whether it speaks of this subject: those about it, or, where the register is
    /// about another kind of subject, those that name it. A contact entry speaks of the contact, not of the index person
    /// it names; a household check speaks of every person in its rows; a trip speaks of its vehicle.
    pub(crate) fn groups(&self, model: &Model) -> Groups<'_> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut last = 0;
        for fact in &self.facts {
            let register = &*fact.register;
            if groups.get(last).is_none_or(|group| !is_same(group.register, register)) {
                last = groups
                    .iter()
                    .position(|group| is_same(group.register, register))
                    .unwrap_or_else(|| {
                        let about = is_about(register, &self.subject, model);
                        groups.push(Group {
                            register,
                            about,
                            facts: Vec::with_capacity(8),
                        });
                        groups.len() - 1
                    });
            }
            let group = &mut groups[last];
            let speaks = !group.about || self.is_self(fact.subject);
            group.facts.push((fact, speaks));
        }
        Groups(groups)
    }

    /// The region at `at`: what the last fact that tells a stay says, else the region it is seen in.
    pub(crate) fn region_at(&self, at: Instant, opened_in: Option<&RegionId>, model: &Model) -> RegionId {
        let mut moved_later = false;
        for fact in self.facts.iter().rev() {
            let Some(field) = model
                .registers
                .get(&*fact.register)
                .and_then(|r| r.schema.stays.as_deref())
            else {
                continue;
            };
            if !self.is_self(fact.subject) {
                continue;
            }
            match fact.text(field) {
                Some(region) if fact.at <= at => return RegionId::new(region),
                Some(_) => moved_later = true,
                None => {}
            }
        }
        match opened_in {
            Some(region) if moved_later => region.clone(),
            _ => self.subject.region.clone(),
        }
    }
}

/// The facts of one register, ordered by (at, id).
#[derive(Debug)]
struct Group<'a> {
    register: &'a str,
    about: bool,
    facts: Vec<(&'a Fact, bool)>,
}

/// The facts of a history by register.
#[derive(Debug)]
pub(crate) struct Groups<'a>(Vec<Group<'a>>);

impl<'a> Groups<'a> {
    /// The facts of a register that speak of the subject.
    pub fn speaking(&self, register: &str) -> impl Iterator<Item = &'a Fact> {
        self.all(register)
            .iter()
            .filter(|(_, speaks)| *speaks)
            .map(|(fact, _)| *fact)
    }

    /// The facts of a register that are about the subject or name it.
    pub fn linked(&self, register: &str) -> impl Iterator<Item = &'a Fact> {
        self.all(register).iter().map(|(fact, _)| *fact)
    }

    /// Whether there are facts of that register.
    pub fn has(&self, register: &str) -> bool {
        !self.all(register).is_empty()
    }

    fn all(&self, register: &str) -> &[(&'a Fact, bool)] {
        self.0
            .iter()
            .find(|group| group.register == register)
            .map_or(&[], |group| &group.facts)
    }
}

/// Facts of one history share the name of their register, so most names are the same text in the same place.
fn is_same(a: &str, b: &str) -> bool {
    std::ptr::eq(a, b) || a == b
}

/// Whether a register is about subjects of this one's kind.
fn is_about(register: &str, subject: &SubjectView, model: &Model) -> bool {
    let Some(register) = model.registers.get(register) else {
        return true;
    };
    let kinds = &register.schema.subjects;
    kinds
        .iter()
        .any(|kind| kind == subject.kind.id() || model.is_a(&subject.kind_type, kind))
}

/// Facts of other subjects, fetched beforehand.
pub trait Facts {
    /// The history of a subject; none when it was not fetched, which is a fault of the caller and is reported as one. A
    /// subject without entries has an empty history.
    fn history(&self, subject: SubjectId) -> Option<&History>;

    /// What stands at a place of an account; none when it was not fetched.
    fn balance(&self, _place: &BalancePlace) -> Option<i64> {
        None
    }
}

/// Where a balance is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BalancePlace {
    /// The account.
    pub account: String,
    /// Whose it is.
    pub holder: SubjectId,
    /// Of which item; of all when none.
    pub item: Option<SubjectId>,
    /// Of which lot; of all when none.
    pub lot: Option<SubjectId>,
}

/// No other subject.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Facts for Alone {
    fn history(&self, _subject: SubjectId) -> Option<&History> {
        None
    }
}

impl Facts for std::collections::HashMap<SubjectId, History> {
    fn history(&self, subject: SubjectId) -> Option<&History> {
        self.get(&subject)
    }
}

impl Facts for std::collections::BTreeMap<SubjectId, History> {
    fn history(&self, subject: SubjectId) -> Option<&History> {
        self.get(&subject)
    }
}
