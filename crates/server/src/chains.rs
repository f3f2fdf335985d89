//! Chains of transmission as a reader sees them: cases, who infected whom, and everybody met within some hops of a person.
//!
//! Cases are the subjects of the registers of cases. A link is what an investigator found (`infection_link`); a case for which
//! nothing was found is linked to those cases that it was a contact of, the earlier one first. Every register is read only by
//! who reads its rows; names stay masked, and who reads a register under pseudonyms sees numbers.

use crate::caller::Staff;
use crate::locale;
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use lianfang_epi::chains::{Case, Chains, chains as chained};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Entry, Instant, Lang, RegionId, Words, Zone};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{HoldingQuery, MOST_HOPS, MOST_PERSONS, Reader, Trace, TraceQuery};
use lianfang_policy::Model;
use lianfang_policy::model::Level;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Registers whose subjects are cases.
pub const CASES: [&str; 4] = ["case_report", "case_onset", "report_card", "case_classification"];
/// What an investigator found.
const FOUND: &str = "infection_link";
/// Who met whom, and the field that names the index person.
const CONTACTS: (&str, &str) = ("contact", "index");
/// Entries of cases that are read; more is a list for another program.
const ENTRIES: usize = 60_000;
/// Entries that link them.
const LINKS: usize = 1_000_000;

/// A case.
#[derive(Clone, Debug)]
pub struct ChainCase {
    /// Its file.
    pub subject: SubjectId,
    /// What it is called: number, masked name or pseudonym.
    pub label: String,
    /// When it fell ill.
    pub onset: Option<Day>,
    /// When it was reported.
    pub reported: Option<Day>,
    /// Its class.
    pub class: Option<String>,
    /// Its disease.
    pub disease: Option<String>,
    /// Where.
    pub region: RegionId,
}

/// How a link is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkSource {
    /// An investigator found it.
    Found,
    /// The one was a contact of the other.
    Contact,
}

/// Cases and their chains.
#[derive(Clone, Debug)]
pub struct CaseChains {
    /// The cases.
    pub cases: Vec<ChainCase>,
    /// Their chains, in the same order.
    pub chains: Chains,
    /// How the link to its infector is known, for each case that has one.
    pub sources: Vec<Option<LinkSource>>,
    /// All diseases among the cases that the reader sees.
    pub diseases: BTreeSet<String>,
    /// There are more cases than were read.
    pub is_cut: bool,
}

/// Refuses who reads no cases, or nothing that links them.
///
/// # Errors
/// `no_right`
pub fn must_read_chains(staff: &Staff, model: &Model) -> Result<(), ApiError> {
    let reads = |register: &str| staff.reads_rows(model, register);
    if CASES.iter().any(|id| reads(id)) && (reads(FOUND) || reads(CONTACTS.0)) {
        return Ok(());
    }
    Err(ApiError::no_right(Words::new(
        "您的岗位不能查看病例和接触者的传播链",
        "Your role does not read cases and contacts as chains",
    )))
}

/// Whether a role sees chains.
pub fn reads_chains(staff: &Staff, model: &Model) -> bool {
    must_read_chains(staff, model).is_ok()
}

/// The cases in sight and their chains; of one disease, when one is named. The reading is written down.
///
/// # Errors
/// 403; the database; the queue is full.
pub async fn case_chains(
    state: &AppState,
    staff: &Staff,
    disease: Option<String>,
    as_of: Option<Instant>,
) -> Result<CaseChains, ApiError> {
    must_read_chains(staff, &state.ledger.snapshot().model)?;
    let (who, lang) = (staff.clone(), locale::current());
    let (found, pairs) = read(state, move |reader| {
        let mut found = cases_in_sight(reader, &who, as_of, lang)?;
        if let Some(disease) = &disease {
            found.cases.retain(|case| case.disease.as_ref() == Some(disease));
            found.number();
        }
        let pairs = pairs(reader, &who, &found, as_of)?;
        Ok((found, pairs))
    })
    .await?;
    let subjects: Vec<SubjectId> = found.cases.iter().map(|case| case.subject).collect();
    trace::list(state, staff, "chains", &subjects)?;
    linked(found, pairs)
}

/// Cases before they are linked.
#[derive(Default)]
struct Found {
    cases: Vec<ChainCase>,
    places: HashMap<SubjectId, usize>,
    numbers: HashMap<String, usize>,
    number_of: HashMap<SubjectId, String>,
    diseases: BTreeSet<String>,
    is_cut: bool,
}

impl Found {
    fn number(&mut self) {
        let by_subject = self.cases.iter().enumerate();
        self.places = by_subject.map(|(place, case)| (case.subject, place)).collect();
        let numbered = self.number_of.iter();
        let places = &self.places;
        self.numbers = numbered
            .filter_map(|(subject, number)| Some((number.clone(), *places.get(subject)?)))
            .collect();
    }
}

fn text(entry: &Entry, field: &str) -> Option<String> {
    entry
        .body
        .get(field)
        .and_then(|value| value.as_str())
        .map(str::to_owned)
}

fn day(entry: &Entry, field: &str) -> Option<Day> {
    Day::parse(entry.body.get(field)?.as_str()?).ok()
}

/// Takes what one entry says into a case: an onset that is written goes before one that is implied, the first report counts.
fn take(case: &mut ChainCase, entry: &Entry, zone: &Zone) {
    let at = zone.day_of(entry.at);
    let (onset, reported) = match entry.register.as_str() {
        "case_onset" => (Some(at), None),
        "case_report" => (day(entry, "onset_on"), Some(day(entry, "reported_on").unwrap_or(at))),
        "report_card" => (day(entry, "onset_on"), Some(at)),
        _ => (None, Some(at)),
    };
    case.onset = onset.or(case.onset);
    case.reported = case.reported.into_iter().chain(reported).min();
    case.class = text(entry, "class").or(case.class.take());
    case.disease = text(entry, "disease").or(case.disease.take());
}

fn cases_in_sight(
    reader: &mut Reader<'_>,
    staff: &Staff,
    as_of: Option<Instant>,
    lang: Lang,
) -> Result<Found, LedgerError> {
    let (model, zone) = (reader.snapshot.model.clone(), reader.snapshot.zone.clone());
    let query = HoldingQuery {
        registers: readable(staff, &model, &CASES),
        about: None,
        as_of,
        most: ENTRIES,
    };
    let (entries, is_cut) = reader.holding(&staff.sight, &query)?;
    let mut cases: BTreeMap<SubjectId, ChainCase> = BTreeMap::new();
    let mut found = Found {
        is_cut,
        ..Found::default()
    };
    let mut named: BTreeSet<SubjectId> = BTreeSet::new();
    for entry in &entries {
        let case = cases.entry(entry.subject).or_insert_with(|| ChainCase {
            subject: entry.subject,
            label: String::new(),
            onset: None,
            reported: None,
            class: None,
            disease: None,
            region: entry.region.clone(),
        });
        take(case, entry, &zone);
        if staff.level(&model, &entry.register) == Some(Level::Identified) {
            named.insert(entry.subject);
            if let Some(number) = text(entry, "case_no") {
                found.number_of.insert(entry.subject, number);
            }
        }
    }
    let unnumbered: Vec<SubjectId> = named
        .iter()
        .filter(|id| !found.number_of.contains_key(id))
        .copied()
        .collect();
    let labels = reader.labels(&unnumbered, lang)?;
    for (subject, mut case) in cases {
        let number = found.number_of.get(&subject).cloned();
        case.label = number
            .or_else(|| labels.get(&subject).map(|label| label.name.clone()))
            .unwrap_or_else(|| pseudonym(subject));
        found.diseases.extend(case.disease.clone());
        found.cases.push(case);
    }
    found
        .cases
        .sort_by_key(|case| (case.onset.or(case.reported), case.subject));
    found.number();
    Ok(found)
}

/// What stands for somebody whose name the reader does not see.
fn pseudonym(subject: SubjectId) -> String {
    let id = subject.to_string();
    format!("#{}", &id[id.len().saturating_sub(6)..])
}

fn readable(staff: &Staff, model: &Model, registers: &[&str]) -> Vec<String> {
    let reads = registers.iter().filter(|id| staff.reads_rows(model, id));
    reads.map(|id| (*id).to_owned()).collect()
}

/// Infector, infectee, how it is known.
type Pair = (usize, usize, LinkSource);

fn pairs(
    reader: &mut Reader<'_>,
    staff: &Staff,
    found: &Found,
    as_of: Option<Instant>,
) -> Result<Vec<Pair>, LedgerError> {
    let model = reader.snapshot.model.clone();
    let about: Vec<SubjectId> = found.cases.iter().map(|case| case.subject).collect();
    let query = HoldingQuery {
        registers: readable(staff, &model, &[FOUND, CONTACTS.0]),
        about: Some(about),
        as_of,
        most: LINKS,
    };
    let (entries, _) = reader.holding(&staff.sight, &query)?;
    let person = |entry: &Arc<Entry>, field: &str| -> Option<usize> {
        let id = entry.body.get(field)?.as_str()?.parse().ok()?;
        found.places.get(&id).copied()
    };
    let mut pairs = Vec::new();
    for entry in &entries {
        let Some(to) = found.places.get(&entry.subject).copied() else {
            continue;
        };
        let (from, source) = if entry.register == FOUND {
            let numbered = text(entry, "infector_no").and_then(|number| found.numbers.get(&number).copied());
            (numbered.or_else(|| person(entry, "infector")), LinkSource::Found)
        } else {
            (person(entry, CONTACTS.1), LinkSource::Contact)
        };
        pairs.extend(from.filter(|from| *from != to).map(|from| (from, to, source)));
    }
    Ok(pairs)
}

/// What was found goes before contacts, and contacts only forward in time: of two who met either may have infected the other,
/// and the list is in the order of time.
fn linked(found: Found, pairs: Vec<Pair>) -> Result<CaseChains, ApiError> {
    let has_finding: BTreeSet<usize> = pairs
        .iter()
        .filter(|(.., source)| *source == LinkSource::Found)
        .map(|(_, to, _)| *to)
        .collect();
    let taken: Vec<Pair> = pairs
        .into_iter()
        .filter(|(from, to, source)| *source == LinkSource::Found || (from < to && !has_finding.contains(to)))
        .collect();
    let cases: Vec<Case> = found
        .cases
        .iter()
        .map(|case| Case {
            id: case.subject.to_string(),
            onset: case.onset,
        })
        .collect();
    let id = |place: &usize| cases[*place].id.clone();
    let named = |pairs: &[Pair]| -> Vec<(String, String)> { pairs.iter().map(|(a, b, _)| (id(a), id(b))).collect() };
    let mut warnings = Vec::new();
    let chains = chained(&cases, &named(&taken)).or_else(|_| {
        // Findings that form a ring contradict one another: those that go back in time are left out, and that is told.
        warnings.push(Words::new(
            "有的传播关系互相矛盾（成环），发病在后的来源未采用：请核对",
            "Some findings contradict one another (they form a ring); sources that fell ill later were left out: check them",
        ));
        let forward: Vec<Pair> = taken.iter().filter(|(from, to, _)| from < to).copied().collect();
        chained(&cases, &named(&forward))
    });
    let mut chains = chains.map_err(ApiError::refused)?;
    warnings.append(&mut chains.warnings);
    chains.warnings = warnings;
    let known: HashMap<(usize, usize), LinkSource> =
        taken.iter().rev().map(|(a, b, source)| ((*a, *b), *source)).collect();
    let sources = chains
        .links
        .iter()
        .map(|link| link.infector.and_then(|from| known.get(&(from, link.case)).copied()))
        .collect();
    Ok(CaseChains {
        cases: found.cases,
        chains,
        sources,
        diseases: found.diseases,
        is_cut: found.is_cut,
    })
}

/// Everybody within some hops of a person.
#[derive(Clone, Debug)]
pub struct TracedPeople {
    /// What tracing found.
    pub trace: Trace,
    /// What each is called, in the order of the persons.
    pub labels: Vec<String>,
    /// Which of them are cases that the reader sees.
    pub is_case: Vec<bool>,
}

/// Traces contacts from a person, [`MOST_HOPS`] hops and [`MOST_PERSONS`] persons at most. The reading is written down.
///
/// # Errors
/// 403, 404; the database; the queue is full.
pub async fn trace_contacts(
    state: &AppState,
    staff: &Staff,
    start: SubjectId,
    as_of: Option<Instant>,
) -> Result<TracedPeople, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    staff.must_read(&model, CONTACTS.0)?;
    let view = crate::api::subjects::seen(state, staff, start).await?;
    let (who, lang) = (staff.clone(), locale::current());
    let query = TraceQuery {
        start: view.id,
        register: CONTACTS.0.to_owned(),
        field: CONTACTS.1.to_owned(),
        hops: MOST_HOPS,
        most: MOST_PERSONS,
        as_of,
    };
    let found = read(state, move |reader| {
        let model = reader.snapshot.model.clone();
        let trace = reader.trace(&who.sight, &query)?;
        let ids: Vec<SubjectId> = trace.persons.iter().map(|person| person.subject).collect();
        let cases = HoldingQuery {
            registers: readable(&who, &model, &CASES),
            about: Some(ids.clone()),
            as_of,
            most: LINKS,
        };
        let cases: BTreeSet<SubjectId> = match cases.registers.is_empty() {
            true => BTreeSet::new(),
            false => reader
                .holding(&who.sight, &cases)?
                .0
                .iter()
                .map(|entry| entry.subject)
                .collect(),
        };
        let names = match who.level(&model, CONTACTS.0) {
            Some(Level::Identified) => reader.labels(&ids, lang)?,
            _ => HashMap::new(),
        };
        let label = |id: &SubjectId| names.get(id).map_or_else(|| pseudonym(*id), |label| label.name.clone());
        Ok(TracedPeople {
            labels: ids.iter().map(label).collect(),
            is_case: ids.iter().map(|id| cases.contains(id)).collect(),
            trace,
        })
    })
    .await?;
    let subjects: Vec<SubjectId> = found.trace.persons.iter().map(|person| person.subject).collect();
    trace::list(state, staff, "trace", &subjects)?;
    Ok(found)
}
