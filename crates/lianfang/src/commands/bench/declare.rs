//! Declarations through the ledger with 64 submitters, against a bare writer of the same rows in the same batch sizes
//! that signs once a row. What the ledger adds is rules, sealing, planning and the audit.

use super::BenchArgs;
use crate::activation::PackSources;
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::founding::{self, Founding};
use crate::store::{StoreArgs, wait};
use lianfang_db::{Column, ColumnKind, Database, Insert, Migration, OnConflict};
use lianfang_kernel::ids::{DeviceId, IdSource};
use lianfang_kernel::{Clock, RegionId, RegionLevel, SystemClock, Words};
use lianfang_ledger::wire::{Author, NewEntry};
use lianfang_ledger::{Ledger, MasterKey, Vault};
use lianfang_pass::{Issuer, PassClaims, SigningKey, holder_digest};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};

/// Who declare at the same moment.
const SUBMITTERS: usize = 64;

const FLOOR: &[Migration] = &[Migration {
    number: 1,
    name: "floor",
    sql: "create table floor (id {uuid} not null primary key, body {json} not null, pass {text} not null) {strict}",
}];

/// Measures both and gives their ratio.
///
/// # Errors
/// The database is not empty.
pub fn run(args: &BenchArgs) -> Outcome<Value> {
    let folder = Folder::new()?;
    let url = args
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", folder.0.join("bench.db").display()));
    let store = StoreArgs {
        database: Some(url),
        key: Some(folder.0.join("bench.key")),
        key_store: Some(format!("sqlite:{}", folder.0.join("bench.keys").display())),
    };
    let store = store.open()?;
    if !store.database.is_empty()? {
        return Err(Failure::new(
            Words::new("性能测试需要空数据库", "a benchmark needs an empty database"),
            Words::new("请用新的 --database", "give a new --database"),
        ));
    }
    let sources = PackSources::new(embedded::packs(), Vec::new());
    let model = Arc::new(sources.load()?.model);
    let regions = founding::regions_for("6205", None)?;
    let villages: Vec<RegionId> = regions
        .iter()
        .filter(|region| region.level == RegionLevel::Village)
        .map(|region| region.id.clone())
        .collect();
    let founding = Founding {
        city: "6205".to_owned(),
        regions,
        sources,
        model,
        demonstration: false,
        test_clock: true,
        every_role: false,
    };
    let (ledger, _) = founding::found(&store, &founding, Arc::new(SystemClock))?;
    let time = Duration::from_secs(args.seconds);
    let (written, calls) = through_the_ledger(&ledger, &villages, time)?;
    let batch = (written / calls.max(1)).clamp(1, SUBMITTERS);
    let floor_url = format!("sqlite:{}", folder.0.join("floor.db").display());
    let floor = bare(&Database::open(&floor_url)?, &villages, batch, time)?;
    let rate = |n: usize| n as f64 / time.as_secs_f64();
    Ok(json!({
        "bench": "declare", "seconds": args.seconds, "submitters": SUBMITTERS, "batch": batch,
        "ledger_per_s": rate(written).round(), "floor_per_s": rate(floor).round(),
        "ratio": (rate(floor) / rate(written).max(0.001) * 100.0).round() / 100.0,
    }))
}

/// A temporary folder that goes with the benchmark.
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes it.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new() -> Outcome<Folder> {
        let folder = std::env::temp_dir().join(format!("lianfang-bench-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, error))?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn declaration(vault: &Vault, villages: &[RegionId], n: usize) -> NewEntry {
    let now = SystemClock.now();
    let village = villages
        .get(n % villages.len().max(1))
        .map(ToString::to_string)
        .unwrap_or_default();
    let entry = json!({
        "id": vault.uuid_v7(now), "register": "declaration", "at": now, "region": village,
        "subject": { "type": "person", "name": "样例", "identifiers": { "id_doc": format!("E{n:08}") } },
        "body": { "arrival_at": now.plus_ms(4 * 86_400_000), "destination": village, "transport": "train" },
    });
    serde_json::from_value(entry).unwrap_or_else(|_| unreachable_entry())
}

/// The literal above is an entry by construction; this keeps the type without a panic.
fn unreachable_entry() -> NewEntry {
    NewEntry {
        id: uuid::Uuid::nil(),
        register: String::new(),
        act: lianfang_kernel::Act::default(),
        replaces: None,
        subject: None,
        at: None,
        made_at: None,
        reported_at: None,
        assurance: None,
        group: None,
        confirmed: false,
        overrides: std::collections::BTreeMap::new(),
        proxy: false,
        region: None,
        reason: None,
        body: serde_json::Map::new(),
    }
}

fn sign(issuer: &Issuer, random: &SystemRandom, n: usize) -> Outcome<String> {
    let pass_id = (n as u128).to_be_bytes();
    let claims = PassClaims {
        city: issuer.city().to_owned(),
        pass_id,
        valid_day: lianfang_kernel::Zone::china().day_of(SystemClock.now()),
        region_scope: issuer.city().to_owned(),
        holder_digest20: holder_digest(&pass_id, &format!("E{n:08}")),
    };
    issuer
        .issue_pass(&claims, random)
        .map_err(|error| Failure::file(std::path::Path::new("pass"), error))
}

/// Declarations written, and how many rounds of commits they took.
fn through_the_ledger(ledger: &Ledger, villages: &[RegionId], time: Duration) -> Outcome<(usize, usize)> {
    let (done, next, stop) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let vault = Vault::new(&MasterKey::generate()?)?;
    let signer = ledger.signer();
    let random = SystemRandom::new();
    let commits_before = commits(ledger)?;
    std::thread::scope(|scope| {
        let submit = || -> Outcome {
            while !stop.load(Ordering::Relaxed) {
                let n = next.fetch_add(1, Ordering::Relaxed);
                sign(&signer.issuer, &random, n)?;
                let author = Author {
                    device: Some(DeviceId(vault.uuid_v7(SystemClock.now()))),
                    role: "resident".into(),
                    channel: "web",
                    ..Author::system()
                };
                wait(ledger.append(author, vec![declaration(&vault, villages, n)]))?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let threads: Vec<_> = (0..SUBMITTERS).map(|_| scope.spawn(submit)).collect();
        std::thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(Failure::said())))
    })?;
    Ok((done.into_inner(), commits(ledger)?.saturating_sub(commits_before)))
}

/// Distinct commit moments of entries.
fn commits(ledger: &Ledger) -> Outcome<usize> {
    let sql = "select count(distinct recorded_at) as n from entry";
    let n = ledger.read(|reader| Ok(reader.connection().query_one(sql, &[])?.int("n")?))?;
    Ok(usize::try_from(n).unwrap_or(0))
}

fn bare(database: &Database, villages: &[RegionId], batch: usize, time: Duration) -> Outcome<usize> {
    database.migrate(FLOOR)?;
    let random = SystemRandom::new();
    let key = SigningKey::generate(&random)
        .map_err(|error| Failure::file(std::path::Path::new("key"), error))?
        .0;
    let issuer = Issuer::new("6205", key);
    let vault = Vault::new(&MasterKey::generate()?)?;
    let mut writer = database.writer()?;
    let columns = [
        Column::new("id", ColumnKind::Uuid),
        Column::new("body", ColumnKind::Json),
        Column::new("pass", ColumnKind::Text),
    ];
    let (begin, mut done) = (Stopwatch::now(), 0);
    while begin.elapsed() < time {
        let mut rows = Vec::with_capacity(batch);
        for n in done..done + batch {
            let entry = declaration(&vault, villages, n);
            let body = serde_json::to_string(&entry.body).unwrap_or_default();
            rows.push(vec![
                entry.id.into(),
                lianfang_db::Value::Json(body),
                sign(&issuer, &random, n)?.into(),
            ]);
        }
        writer.transaction(|tx| {
            tx.insert_rows(&Insert {
                table: "floor",
                columns: &columns,
                rows: &rows,
                on_conflict: OnConflict::Fail,
            })
            .map(drop)
        })?;
        done += batch;
    }
    Ok(done)
}
