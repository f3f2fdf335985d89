//! Sheets into entries: read, mapped, resolved, written a chunk at a time; what does not fit comes back in a sheet.
//!
//! A row's id follows from its register and its cells, so that a sheet sent twice lands once, and a corrected error
//! sheet adds only what was missing.

mod fields;
mod jobs;
mod kept;
mod named;
mod remembered;
mod rows;
mod settled;

pub use fields::{sheet_columns, sheet_fields};
pub use jobs::{ImportJob, ImportJobs};
pub use kept::ErrorSheets;
pub use named::only_bearing;
pub use remembered::mapping_place;
pub(crate) use remembered::remembered;
pub use settled::{Settled, apart};

use crate::linkage::likely::Compared;
use crate::locale::localised;
use crate::problem::ApiError;
use fields::specs;
use lianfang_exchange::{ErrorSheet, Mapping, Misfit, Plan, SheetHint, SheetRow, read_sheet};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, Problem, Words};
use lianfang_ledger::wire::{AppendAnswer, Author, NewEntry, Status};
use lianfang_ledger::{Ledger, LedgerError};
use named::NamedThings;
use rows::Rows;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Rows written in one piece: small enough that a declaration never waits long behind it.
const CHUNK: usize = 200;
/// Misfits that an answer spells out; the error sheet has all.
const SPELLED_OUT: usize = 200;
/// How long an import waits for a full queue before trying again.
const PAUSE: Duration = Duration::from_millis(250);

/// What is imported, and how.
pub struct Import<'a> {
    /// The register.
    pub register: &'a str,
    /// The sheet: CSV, XLSX or JSON Lines.
    pub bytes: &'a [u8],
    /// Its format and separator, where known.
    pub hint: SheetHint,
    /// Which column is which field; guessed from the titles when absent.
    pub mapping: Option<Mapping>,
    /// What was remembered of sheets with these titles, asked where no mapping is given.
    pub known: Option<KnownColumns<'a>>,
    /// Judge only.
    pub dry_run: bool,
    /// All rows or none.
    pub atomic: bool,
    /// The language of the error sheet.
    pub lang: Lang,
    /// Asks for each entry whether the person it describes may have a file already.
    pub alike: Option<AskAlike<'a>>,
    /// What a person said of rows that were found alike before.
    pub settled: Settled,
}

impl std::fmt::Debug for Import<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import")
            .field("register", &self.register)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// How the columns of a sheet with these titles were taken before.
pub type KnownColumns<'a> = &'a dyn Fn(&[String]) -> Option<Mapping>;

/// For each entry the file that its person may be of, and why.
pub type AskAlike<'a> = &'a dyn Fn(&[NewEntry]) -> Vec<Option<Alike>>;

/// A file that somebody in a sheet may be of.
#[derive(Clone, Debug)]
pub struct Alike {
    /// The file.
    pub subject: SubjectId,
    /// Match weight in bits.
    pub weight: f64,
    /// Why, by field.
    pub fields: Vec<Compared>,
}

/// What came of an import.
#[derive(Debug, Serialize)]
pub struct ImportReport {
    /// The register.
    pub register: String,
    /// Rows read.
    pub rows: u64,
    /// In the ledger, or on a dry run: would be.
    pub accepted: u64,
    /// Of those, with something noticed.
    pub flagged: u64,
    /// Kept aside for a person.
    pub tray: u64,
    /// Not in the ledger: in the error sheet.
    pub refused: u64,
    /// Nothing was written.
    pub dry_run: bool,
    /// Columns that went nowhere.
    pub unused: Vec<String>,
    /// Which column was taken for which field.
    pub columns: Vec<(String, String)>,
    /// The columns are taken as the last time such a sheet came.
    pub remembered: bool,
    /// The first misfits: line, column, problem.
    pub misfits: Vec<Value>,
    /// Rows whose person probably has another file already: line, entry and file.
    #[serde(skip)]
    pub alike: Vec<(u64, Uuid, Alike)>,
    /// The same as sentences: place, fault, hint.
    #[serde(skip)]
    pub told: Vec<String>,
    /// All of them, to be corrected and sent again.
    #[serde(skip)]
    pub errors: ErrorSheet,
    #[serde(skip)]
    lang: Lang,
}

impl ImportReport {
    /// Nothing has been read yet.
    fn begun(import: &Import<'_>, header: &[String], plan: &Plan, mapping: &Mapping) -> ImportReport {
        ImportReport {
            register: import.register.to_owned(),
            rows: 0,
            accepted: 0,
            flagged: 0,
            tray: 0,
            refused: 0,
            dry_run: import.dry_run,
            unused: plan.unused().to_vec(),
            columns: mapping
                .columns
                .iter()
                .map(|(title, map)| (title.clone(), map.field.clone()))
                .collect(),
            remembered: false,
            misfits: Vec::new(),
            alike: Vec::new(),
            told: Vec::new(),
            errors: ErrorSheet::new(header, import.lang),
            lang: import.lang,
        }
    }

    /// A fault of a field, told at the column of the sheet that the field was read from.
    fn at_its_column(&self, misfit: &Misfit) -> Misfit {
        let Some(field) = &misfit.column else {
            return misfit.clone();
        };
        let beside = ["subject.identifiers.", "subject.", "body."];
        let bare = beside
            .iter()
            .find_map(|prefix| field.strip_prefix(prefix))
            .unwrap_or(field);
        let bare = bare.split(['/', '.']).next().unwrap_or(bare);
        let title = self.columns.iter().find(|(_, of)| of == bare);
        Misfit {
            column: title.map(|(title, _)| title.clone()).or_else(|| misfit.column.clone()),
            ..misfit.clone()
        }
    }

    fn fault(&mut self, row: &SheetRow, misfits: &[Misfit]) {
        self.refused += 1;
        let misfits: Vec<Misfit> = misfits.iter().map(|misfit| self.at_its_column(misfit)).collect();
        let misfits = &misfits;
        self.errors.push(row, misfits);
        for misfit in misfits {
            if self.misfits.len() < SPELLED_OUT {
                self.told.push(misfit.text(self.lang));
                let problem = localised(json!(misfit.problem), self.lang);
                self.misfits
                    .push(json!({ "line": misfit.line, "column": misfit.column, "problem": problem }));
            }
        }
    }
}

/// Imports a sheet. Blocks; `progress` hears how many rows are done.
///
/// # Errors
/// The sheet or the mapping cannot be read; there is no such register; the store. Rows that do not fit are in the
/// report.
pub fn import_rows(
    ledger: &Ledger,
    author: &Author,
    import: Import<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ApiError> {
    let snapshot = ledger.snapshot();
    let register = snapshot
        .model
        .registers
        .get(import.register)
        .cloned()
        .ok_or_else(|| crate::rights::unknown_register(&snapshot.model, import.register))?;
    let fields = specs(&register.schema, &snapshot.model);
    let sheet = read_sheet(import.bytes, &import.hint).map_err(|error| ApiError::refused(error.problem()))?;
    let known = match &import.mapping {
        Some(_) => None,
        None => import.known.and_then(|known| known(sheet.header())),
    };
    let remembered = known.is_some();
    let mapping = import
        .mapping
        .clone()
        .or(known)
        .unwrap_or_else(|| Mapping::guess(sheet.header(), &fields));
    if !import.dry_run && mapping.columns.is_empty() && mapping.constants.is_empty() && mapping.combine.is_empty() {
        return Err(no_columns());
    }
    let plan = mapping.bind(sheet.header(), &fields, &snapshot.zone).map_err(many)?;
    let mut report = ImportReport::begun(&import, sheet.header(), &plan, &mapping);
    report.remembered = remembered;
    let author = Author {
        channel: "import",
        ..author.clone()
    };
    let mut rows = Rows::new(&register.schema, &snapshot, &author);
    let own_at = register.schema.field("at").is_some();
    rows.says_when = !own_at && mapping.columns.values().any(|map| map.field == "at");
    let mut things = NamedThings::new(&register.schema, rows.home().clone());
    let mut waiting: Vec<(SheetRow, NewEntry)> = Vec::new();
    for row in sheet {
        report.rows += 1;
        match read_row(row, &plan, &mut rows) {
            Ok((row, mut entry)) => {
                things.resolve(ledger, &mut entry.body)?;
                waiting.push((row, entry));
            }
            Err((row, misfits)) => report.fault(&row, &misfits),
        }
        if !import.atomic && waiting.len() >= CHUNK {
            land(ledger, &author, &import, &mut waiting, &mut report)?;
            progress(report.rows);
        }
    }
    if import.atomic {
        land_whole(ledger, &author, &import, waiting, &mut report)?;
    } else {
        land(ledger, &author, &import, &mut waiting, &mut report)?;
    }
    progress(report.rows);
    Ok(report)
}

/// Nothing of the sheet would be in the entries.
fn no_columns() -> ApiError {
    let what = Words::new("没有一列认得，没有导入", "No column is known, so nothing was imported");
    let hint = Words::new(
        "先试一遍，指定每一列是什么；或把列名改成空表上的",
        "Try it first and say what each column is; or use the titles of the empty sheet",
    );
    ApiError::refused(Problem::new("no_columns", what, hint).at("file"))
}

type Faulty = (SheetRow, Vec<Misfit>);

fn read_row(
    row: Result<SheetRow, Box<lianfang_exchange::BadRow>>,
    plan: &Plan,
    rows: &mut Rows<'_>,
) -> Result<(SheetRow, NewEntry), Faulty> {
    let row = row.map_err(|bad| (bad.row, vec![bad.misfit]))?;
    let read = plan.read_row(&row).and_then(|body| rows.entry(&row, body));
    match read {
        Ok(entry) => Ok((row, entry)),
        Err(misfits) => Err((row, misfits)),
    }
}

fn many(problems: Vec<Problem>) -> ApiError {
    let lang = crate::locale::current();
    let all = localised(json!(problems), lang);
    match problems.into_iter().next() {
        Some(first) => ApiError::refused(first).with("problems", all),
        None => ApiError::internal(),
    }
}

/// Sends entries and waits; a full queue is waited for, because a sheet has time.
fn send(ledger: &Ledger, author: &Author, entries: &[NewEntry], dry_run: bool) -> Result<AppendAnswer, ApiError> {
    loop {
        let (author, entries) = (author.clone(), entries.to_vec());
        let sent = if dry_run {
            ledger.try_append(author, entries)
        } else {
            ledger.append(author, entries)
        };
        match sent {
            Ok(reply) => return Ok(reply.blocking_recv().map_err(|_| LedgerError::Stopped)??),
            Err(LedgerError::Busy(_)) => std::thread::sleep(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
}

fn land(
    ledger: &Ledger,
    author: &Author,
    import: &Import<'_>,
    waiting: &mut Vec<(SheetRow, NewEntry)>,
    report: &mut ImportReport,
) -> Result<(), ApiError> {
    if waiting.is_empty() {
        return Ok(());
    }
    let (rows, mut entries): (Vec<SheetRow>, Vec<NewEntry>) = std::mem::take(waiting).into_iter().unzip();
    let alike = import.alike.map(|ask| ask(&entries)).unwrap_or_default();
    import.settled.take(&mut entries, &alike);
    let answer = send(ledger, author, &entries, report.dry_run)?;
    note_alike((&rows, &entries), alike, &answer, &import.settled, report);
    if !report.dry_run {
        import.settled.keep_apart(ledger, author, &answer, report)?;
    }
    count(&rows, answer, report);
    Ok(())
}

/// Keeps what a row's person was found to be like, unless the row went into that very file. A trial tells what was said
/// already, too.
fn note_alike(
    (rows, entries): (&[SheetRow], &[NewEntry]),
    alike: Vec<Option<Alike>>,
    answer: &AppendAnswer,
    settled: &Settled,
    report: &mut ImportReport,
) {
    for (((row, entry), alike), result) in rows.iter().zip(entries).zip(alike).zip(&answer.results) {
        let is_told = |alike: &Alike| {
            let is_other = result.subject != Some(alike.subject);
            result.status.is_in() && (is_other || (report.dry_run && settled.rows.contains_key(&entry.id)))
        };
        if let Some(alike) = alike.filter(is_told)
            && report.alike.len() < SPELLED_OUT
        {
            report.alike.push((row.line, entry.id, alike));
        }
    }
}

/// All rows in one group, after a trial has shown what is wrong with which.
fn land_whole(
    ledger: &Ledger,
    author: &Author,
    import: &Import<'_>,
    waiting: Vec<(SheetRow, NewEntry)>,
    report: &mut ImportReport,
) -> Result<(), ApiError> {
    let (rows, mut entries): (Vec<SheetRow>, Vec<NewEntry>) = waiting.into_iter().unzip();
    let alike = import.alike.map(|ask| ask(&entries)).unwrap_or_default();
    import.settled.take(&mut entries, &alike);
    let tried = send(ledger, author, &entries, true)?;
    note_alike((&rows, &entries), alike, &tried, &import.settled, report);
    let fits = report.refused == 0 && tried.results.iter().all(|result| result.status.is_in());
    if !fits || report.dry_run {
        count(&rows, tried, report);
        if !report.dry_run {
            (report.accepted, report.flagged, report.tray) = (0, 0, 0);
        }
        return Ok(());
    }
    let names: Vec<String> = entries.iter().map(|entry| entry.id.to_string()).collect();
    let group: Uuid = lianfang_kernel::ids::derived(&format!("import group\u{1f}{}", names.join(",")));
    for entry in &mut entries {
        entry.group = Some(group);
    }
    let answer = send(ledger, author, &entries, false)?;
    import.settled.keep_apart(ledger, author, &answer, report)?;
    count(&rows, answer, report);
    Ok(())
}

fn count(rows: &[SheetRow], answer: AppendAnswer, report: &mut ImportReport) {
    for (row, result) in rows.iter().zip(answer.results) {
        match result.status {
            Status::Accepted => report.accepted += 1,
            Status::Flagged => {
                report.accepted += 1;
                report.flagged += 1;
            }
            Status::Tray => report.tray += 1,
            Status::Refused => {
                let unnamed = || {
                    let what = Words::new("未写入", "Not written");
                    Problem::new("refused", what, Words::new("请核对该行", "Check this row"))
                };
                let problems = if result.problems.is_empty() {
                    vec![unnamed()]
                } else {
                    result.problems
                };
                let misfits: Vec<Misfit> = problems
                    .into_iter()
                    .map(|problem| {
                        let column = problem.field.clone();
                        Misfit::new(row.line, column.as_deref(), problem)
                    })
                    .collect();
                report.fault(row, &misfits);
            }
        }
    }
}
