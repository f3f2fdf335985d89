//! A sheet of 200,000 doses given elsewhere, tried and then landed while people declare at a steady rate; its sheet of errors
//! mended and sent again; the same sheet once more. The rows go the way of `lianfang import`: read, mapped, judged, sealed,
//! counted. The floor is a bare writer of the same rows in the same transactions.

use super::BenchArgs;
use super::case_list::Person;
use super::cases::account;
use super::declare::{Crowd, Floor, Folder, Town};
use super::times::{ms, quantiles, seconds};
use super::trace::mixed;
use crate::failure::{Failure, Outcome};
use crate::store::Store;
use lianfang_db::{Database, Engine};
use lianfang_exchange::{SheetFormat, SheetHint};
use lianfang_kernel::ids::DeviceId;
use lianfang_kernel::{Day, Lang, Words};
use lianfang_ledger::wire::Author;
use lianfang_server::{Import, ImportReport, Settled, import_rows};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Stopwatch};

/// Rows, unless another number is asked for.
const ROWS: usize = 200_000;
/// Rows of the sheet that the bare writer repeats.
const FLOOR_ROWS: usize = 20_000;
/// Of so many rows one is bad.
const BAD_EVERY: usize = 100;
/// Who declare a second meanwhile: the twentieth part of the surge of a county of 800,000.
const DECLARED_PER_S: u32 = 90;
/// Declarations of people who have a file, at most.
const KNOWN: usize = 20_000;
const REGISTER: &str = "vaccination_history";
const WRITER: &str = "vaccinator";
const TITLES: [&str; 8] = [
    "姓名",
    "身份证号",
    "电话",
    "区域",
    "接种时间",
    "疫苗",
    "第几剂",
    "年龄组",
];
const VACCINES: [&str; 4] = ["新冠灭活疫苗", "新冠腺病毒载体疫苗", "新冠重组亚单位疫苗", "流感疫苗"];

/// Measures.
///
/// # Errors
/// The database is not empty; a row is not where it should be.
pub fn run(args: &BenchArgs) -> Outcome<Json> {
    let folder = Folder::new()?;
    let store = folder.empty_store(args)?;
    let (town, accounts) = Town::found_with(&store, true)?;
    let known: Vec<DeviceId> = (0..KNOWN).map(|_| DeviceId(town.ledger.new_id())).collect();
    Crowd::new(&town, &known, Day(town.today.0 - 1)).declare_all(KNOWN)?;
    let desk = Desk {
        town: &town,
        author: account(&accounts, WRITER)?.author(),
        crowd: Crowd::new(&town, &known, town.today),
    };
    let sheet = Sheet {
        rows: args.people.unwrap_or(ROWS),
        first: 0,
    };
    let bytes = desk.written(&sheet, 0..sheet.rows, true)?;
    let mut told =
        json!({ "bench": "import", "rows": sheet.rows, "bytes": bytes.len(), "declared_per_s": DECLARED_PER_S });
    let (_, _, waits) = desk.beside(|| {
        std::thread::sleep(Duration::from_secs(args.seconds));
        Ok(())
    })?;
    tell(&mut told, "declare_alone", waits);
    let (tried, time, waits) = desk.beside(|| desk.import(&bytes, true))?;
    told["validated_s"] = seconds(time).into();
    tell(&mut told, "declare_while_validating", waits);
    let (landed, time, waits) = desk.beside(|| desk.import(&bytes, false))?;
    told["landed_s"] = seconds(time).into();
    tell(&mut told, "declare_while_landing", waits);
    for (name, report) in [("validated", &tried), ("landed", &landed)] {
        told[name] = json!({ "accepted": report.accepted, "refused": report.refused, "tray": report.tray });
    }
    let begin = Stopwatch::now();
    let mended = desk.mend(&sheet, &landed)?;
    let resent = desk.import(&mended, false)?;
    told["mended"] = json!({ "rows": resent.rows, "accepted": resent.accepted, "s": seconds(begin.elapsed()) });
    let entries = stored(&store)?;
    let begin = Stopwatch::now();
    let again = desk.import(&bytes, false)?;
    told["again"] =
        json!({ "accepted": again.accepted, "new": stored(&store)? - entries, "s": seconds(begin.elapsed()) });
    told["entries"] = entries.into();
    if entries != i64::try_from(sheet.rows).unwrap_or(0) {
        return Err(differs(&format!("{entries} ≠ {}", sheet.rows)));
    }
    if store.database.engine() == Engine::Sqlite {
        let floor = desk.floor(&folder, &store, &sheet)?;
        told["floor_per_s"] = floor.per_s.round().into();
        told["rows_each"] = floor.rows_each.into();
    }
    Ok(told)
}

/// Rows of a sheet: two doses a person, the second ones after all the first.
struct Sheet {
    rows: usize,
    /// The number of its first person.
    first: usize,
}

impl Sheet {
    fn person(&self, n: usize) -> usize {
        self.first + n % self.rows.div_ceil(2)
    }

    fn dose(&self, n: usize) -> usize {
        1 + n / self.rows.div_ceil(2)
    }

    fn is_bad(n: usize) -> bool {
        n % BAD_EVERY == BAD_EVERY - 1
    }
}

/// Who imports, and who declare meanwhile.
struct Desk<'a> {
    town: &'a Town,
    author: Author,
    crowd: Crowd<'a>,
}

impl Desk<'_> {
    /// Does it while people declare; gives what came, how long it took, and how long they waited.
    fn beside<T>(&self, work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Duration, Vec<Duration>)> {
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let crowd = scope.spawn(|| self.crowd.declare_steadily(DECLARED_PER_S, &is_over));
            let begin = Stopwatch::now();
            let done = work();
            let time = begin.elapsed();
            is_over.store(true, Ordering::Relaxed);
            let waits = crowd.join().unwrap_or_else(|_| Err(Failure::said()))?;
            Ok((done?, time, waits))
        })
    }

    fn import(&self, bytes: &[u8], dry_run: bool) -> Outcome<ImportReport> {
        let import = Import {
            register: REGISTER,
            bytes,
            hint: SheetHint {
                format: Some(SheetFormat::Csv),
                ..SheetHint::default()
            },
            mapping: None,
            known: None,
            dry_run,
            atomic: false,
            lang: Lang::Zh,
            alike: None,
            settled: Settled::default(),
        };
        let report = import_rows(&self.town.ledger, &self.author, import, &mut |_| {});
        Ok(report?)
    }

    /// Rows of the sheet, with the bad ones as they were first sent or as they should be.
    fn written(&self, sheet: &Sheet, rows: impl Iterator<Item = usize>, is_first: bool) -> Outcome<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let unwritten = |error: csv::Error| Failure::file(Path::new("csv"), error);
        writer.write_record(TITLES).map_err(unwritten)?;
        for n in rows {
            let mut cells = self.cells(sheet, n);
            if is_first && Sheet::is_bad(n) {
                let (at, bad) = [
                    (1, "620502194001010019"),
                    (3, "不存在的村"),
                    (4, "昨天"),
                    (5, "不存在的疫苗"),
                ][n / BAD_EVERY % 4];
                cells[at] = bad.to_owned();
            }
            writer.write_record(&cells).map_err(unwritten)?;
        }
        writer
            .into_inner()
            .map_err(|error| Failure::file(Path::new("csv"), error))
    }

    fn cells(&self, sheet: &Sheet, n: usize) -> [String; 8] {
        let (number, dose) = (sheet.person(n), sheet.dose(n));
        let person = Person::numbered(number);
        let draw = mixed(number);
        let day = Day(self.town.today.0 - 400 + (draw % 300) as i32 + 30 * (dose as i32));
        let villages = &self.town.villages;
        let age = draw / 300 % 80 / 10;
        [
            person.name,
            person.cn_id,
            format!("17{:09}", draw % 1_000_000_000),
            villages[draw % villages.len()].to_string(),
            format!("{day} 09:{:02}", draw % 60),
            VACCINES[draw / 7 % VACCINES.len()].to_owned(),
            dose.to_string(),
            format!("{}-{}", age * 10, age * 10 + 9),
        ]
    }

    /// The sheet of errors as it is written for people, with every row put right; it must tell of each bad row why.
    fn mend(&self, sheet: &Sheet, report: &ImportReport) -> Outcome<Vec<u8>> {
        let written = report.errors.write(SheetFormat::Csv, self.town.ledger.now());
        let written = written.map_err(|error| Failure::file(Path::new("csv"), error))?;
        let mut reader = csv::Reader::from_reader(written.as_slice());
        let (mut rows, places) = (Vec::new(), TITLES.len());
        for record in reader.records() {
            let record = record.map_err(|error| Failure::file(Path::new("csv"), error))?;
            let (reason, line) = (record.get(places), record.get(places + 1));
            let line: usize = line.and_then(|line| line.parse().ok()).unwrap_or_default();
            // The titles are the first line.
            let row = line.checked_sub(2).filter(|n| Sheet::is_bad(*n));
            rows.extend(row.filter(|_| reason.is_some_and(|reason| !reason.is_empty())));
        }
        if rows.len() != sheet.rows / BAD_EVERY || report.errors.len() != rows.len() {
            return Err(differs(&format!("{} ≠ {}", rows.len(), sheet.rows / BAD_EVERY)));
        }
        self.written(sheet, rows.into_iter(), false)
    }

    /// A further sheet while nobody declares, and a bare writer of the rows that it brought.
    fn floor(&self, folder: &Folder, store: &Store, sheet: &Sheet) -> Outcome<Floor> {
        let more = Sheet {
            rows: FLOOR_ROWS.min(sheet.rows),
            first: sheet.rows,
        };
        let bytes = self.written(&more, 0..more.rows, false)?;
        let copies = [folder.0.join("floor.db"), folder.0.join("floor.keys")];
        self.town.ledger.backup(&copies[0], &copies[1], &mut |_, _| {})?;
        store.database.record();
        store.keys.record();
        self.import(&bytes, false)?;
        let open = |path: &Path| Ok::<_, Failure>(Database::open(&format!("sqlite:{}", path.display()))?.writer()?);
        let (mut rows, mut batches, begin) = (0, 0, Stopwatch::now());
        for (path, recorded) in copies.iter().zip([store.database.recorded(), store.keys.recorded()]) {
            let mut writer = open(path)?;
            for at in 0..recorded.len() {
                recorded.play(at, &mut writer)?;
            }
            (rows, batches) = (rows + recorded.rows(), batches + recorded.len());
        }
        Ok(Floor {
            per_s: more.rows as f64 / begin.elapsed().as_secs_f64(),
            batch: more.rows / batches.max(1),
            rows_each: rows / more.rows.max(1),
        })
    }
}

/// Entries of the register.
fn stored(store: &Store) -> Outcome<i64> {
    let sql = "select count(*) as n from entry where register = $1";
    Ok(store.database.reader()?.query_one(sql, &[REGISTER.into()])?.int("n")?)
}

fn differs(how: &str) -> Failure {
    Failure::new(
        Words::new(
            format!("导入的行数不符：{how}"),
            format!("the rows that were imported are not those of the sheet: {how}"),
        ),
        Words::new(
            "请运行 lianfang pack check 核对能力包",
            "check the packs with lianfang pack check",
        ),
    )
}

fn tell(told: &mut Json, name: &str, mut waits: Vec<Duration>) {
    let (half, most) = quantiles(&mut waits);
    told[name] = json!({ "p50_ms": ms(half), "p99_ms": ms(most), "declared": waits.len() });
}
