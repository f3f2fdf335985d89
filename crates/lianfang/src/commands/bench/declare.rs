//! Declarations through the ledger with 64 submitters, nine in ten of people whose file is there, each with its pass,
//! against a bare writer of the very same rows in the very same transactions with one signature each. What the ledger
//! adds is reading, rules, sealing, planning and the audit's chain.

use super::BenchArgs;
use super::times::{ms, quantiles};
use crate::activation::{LoadOrTell, PackSources};
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::founding::{self, Founding};
use crate::posts::Account;
use crate::store::{Store, StoreArgs, wait};
use lianfang_db::{Database, Recording};
use lianfang_kernel::ids::DeviceId;
use lianfang_kernel::{Clock, Day, RegionId, RegionLevel, SystemClock, Words};
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use lianfang_ledger::{Declare, DeviceSeed, Ledger, SignedPass, Signer, secret_digest};
use lianfang_pass::{Issuer, PassClaims, holder_digest};
use lianfang_policy::load::Source;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};
use uuid::Uuid;

/// Who declare at the same moment.
const SUBMITTERS: usize = 64;
/// Of a hundred declarations, those of people whose file is there.
const KNOWN_PERCENT: usize = 90;
/// Files that are there before, for each second that is measured: nobody declares twice a day.
const KNOWN_A_SECOND: u64 = 6_000;

/// Measures the ledger, then a bare writer of the rows that the ledger wrote, and gives their ratio.
///
/// # Errors
/// The database is not empty.
pub fn run(args: &BenchArgs) -> Outcome<Value> {
    let folder = Folder::new()?;
    let store = folder.empty_store(args)?;
    let town = Town::found(&store)?;
    let known = usize::try_from(args.seconds * KNOWN_A_SECOND).unwrap_or(usize::MAX);
    let people: Vec<DeviceId> = (0..known).map(|_| DeviceId(town.ledger.new_id())).collect();
    let before = Crowd::new(&town, &people, Day(town.today.0 - 1));
    before.declare_all(known)?;

    let crowd = Crowd::new(&town, &people, town.today);
    let time = Duration::from_secs(args.seconds);
    let (written, mut waits) = crowd.declare_for(time)?;
    // What was written is taken down in a further stretch, so that taking it down costs the measured one nothing.
    let copies = [folder.0.join("floor.db"), folder.0.join("floor.keys")];
    let floor = if args.database.is_none() {
        town.ledger.backup(&copies[0], &copies[1], &mut |_, _| {})?;
        store.database.record();
        store.keys.record();
        let (taped, _) = crowd.declare_for(Duration::from_secs(1))?;
        Some(bare(
            &town,
            &copies,
            [store.database.recorded(), store.keys.recorded()],
            taped,
        )?)
    } else {
        None
    };
    let (_, p99) = quantiles(&mut waits);
    let rate = written as f64 / time.as_secs_f64();
    let mut result = json!({
        "bench": "declare", "seconds": args.seconds, "submitters": SUBMITTERS, "known_percent": KNOWN_PERCENT,
        "ledger_per_s": rate.round(), "p99_ms": ms(p99),
    });
    if let Some(floor) = floor {
        result["batch"] = floor.batch.into();
        result["rows_each"] = floor.rows_each.into();
        result["floor_per_s"] = floor.per_s.round().into();
        result["ratio"] = ((rate / floor.per_s.max(0.001) * 100.0).round() / 100.0).into();
    }
    Ok(result)
}

/// An installation of Tianshui.
pub(super) struct Founded {
    pub ledger: Ledger,
    pub villages: Vec<RegionId>,
    pub accounts: Vec<Account>,
}

/// Founds it on an empty database, with packs of the benchmark's own and, if wanted, an account for every role.
///
/// # Errors
/// The store; the packs.
pub(super) fn founded(store: &Store, own: Vec<Source>, clock: Arc<dyn Clock>, every_role: bool) -> Outcome<Founded> {
    let sources = PackSources::new(embedded::packs(), own);
    let model = Arc::new(sources.load()?.model);
    let regions = founding::regions_for("6205", None)?;
    let villages = regions
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
        every_role,
    };
    let (ledger, accounts) = founding::found(store, &founding, clock)?;
    Ok(Founded {
        ledger,
        villages,
        accounts,
    })
}

/// A new installation.
pub(super) struct Town {
    pub ledger: Ledger,
    pub villages: Vec<RegionId>,
    pub(super) today: Day,
}

impl Town {
    /// Founds one on an empty database.
    ///
    /// # Errors
    /// The store; the packs.
    pub fn found(store: &Store) -> Outcome<Town> {
        Ok(Town::found_with(store, false)?.0)
    }

    /// Founds one, with an account for every role if wanted.
    ///
    /// # Errors
    /// As [`Town::found`].
    pub fn found_with(store: &Store, every_role: bool) -> Outcome<(Town, Vec<Account>)> {
        let founded = founded(store, Vec::new(), Arc::new(SystemClock), every_role)?;
        let (ledger, villages) = (founded.ledger, founded.villages);
        let today = ledger.snapshot().zone.day_of(ledger.now());
        let town = Town {
            ledger,
            villages,
            today,
        };
        Ok((town, founded.accounts))
    }
}

/// Whose turn it is, whether that is somebody known, and from when on the wait is counted; none when nobody follows.
type Turns<'a> = dyn Fn(usize) -> Option<(usize, bool, Stopwatch)> + Sync + 'a;

/// Who declare.
pub(super) struct Crowd<'a> {
    town: &'a Town,
    /// The devices of people who have a file.
    people: &'a [DeviceId],
    /// The day of their passes.
    day: Day,
    issuer: Arc<Signer>,
    next: AtomicUsize,
}

impl<'a> Crowd<'a> {
    pub(super) fn new(town: &'a Town, people: &'a [DeviceId], day: Day) -> Crowd<'a> {
        Crowd {
            town,
            people,
            day,
            issuer: town.ledger.signer(),
            next: AtomicUsize::new(0),
        }
    }

    /// Everybody gets a file.
    pub(super) fn declare_all(&self, known: usize) -> Outcome {
        self.submit(&|n| (n < known).then(|| (n, false, Stopwatch::now())))
            .map(drop)
    }

    /// So many declare a second until it is over; gives how long each waited, from when it was to be.
    pub(super) fn declare_steadily(&self, per_s: u32, is_over: &AtomicBool) -> Outcome<Vec<Duration>> {
        let (begin, first) = (Stopwatch::now(), self.next.load(Ordering::Relaxed));
        let next = |n: usize| {
            let due = begin + Duration::from_secs(1) * u32::try_from(n - first).unwrap_or(u32::MAX) / per_s;
            std::thread::sleep(due.saturating_duration_since(Stopwatch::now()));
            let (person, is_known) = self.whose_turn(n);
            (!is_over.load(Ordering::Relaxed)).then_some((person, is_known, due))
        };
        self.submit(&next)
    }

    /// Nine of ten are of people who have a file.
    fn whose_turn(&self, n: usize) -> (usize, bool) {
        let person = n * KNOWN_PERCENT / 100;
        match n % 100 < KNOWN_PERCENT && person < self.people.len() {
            true => (person, true),
            false => (self.people.len() + n, false),
        }
    }

    /// People declare for a time; gives how many did, and how long each waited.
    fn declare_for(&self, time: Duration) -> Outcome<(usize, Vec<Duration>)> {
        let begin = Stopwatch::now();
        let next = |n: usize| {
            let (person, is_known) = self.whose_turn(n);
            (begin.elapsed() < time).then(|| (person, is_known, Stopwatch::now()))
        };
        let waits = self.submit(&next)?;
        Ok((waits.len(), waits))
    }

    /// `next` says who is the `n`th, whether that is somebody known, and from when on the wait is counted.
    fn submit(&self, next: &Turns<'_>) -> Outcome<Vec<Duration>> {
        let one = || -> Outcome<Vec<Duration>> {
            let (random, mut waits) = (SystemRandom::new(), Vec::new());
            while let Some((person, is_known, begin)) = next(self.next.fetch_add(1, Ordering::Relaxed)) {
                let pass = sign(&self.issuer.issuer, &random, person, self.day)?;
                let declared = wait(self.town.ledger.declare(self.declaration(person, is_known, pass)))?;
                if declared.pass.is_none() {
                    return Err(Failure::new(
                        Words::new("申报未被接受", "a declaration was not accepted"),
                        Words::new(
                            format!("{:?}", declared.answer.problems.first().map(|p| &p.code)),
                            format!("{:?}", declared.answer.problems.first().map(|p| &p.code)),
                        ),
                    ));
                }
                waits.push(begin.elapsed());
            }
            Ok(waits)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..SUBMITTERS).map(|_| scope.spawn(one)).collect();
            let mut waits = Vec::new();
            for thread in threads {
                waits.extend(thread.join().unwrap_or_else(|_| Err(Failure::said()))?);
            }
            Ok(waits)
        })
    }

    fn declaration(&self, person: usize, is_known: bool, pass: SignedPass) -> Declare {
        let ledger = &self.town.ledger;
        let device = match self.people.get(person) {
            Some(id) if is_known => DeviceSeed {
                id: *id,
                digest: Vec::new(),
                is_known,
            },
            found => DeviceSeed {
                id: found.copied().unwrap_or_else(|| DeviceId(ledger.new_id())),
                digest: secret_digest(&format!("{person}")),
                is_known: false,
            },
        };
        let village = &self.town.villages[person % self.town.villages.len()];
        let now = ledger.now();
        let described = Described {
            kind_type: "person".to_owned(),
            identifiers: [("id_doc".to_owned(), document(person))].into(),
            name: Some("样例".to_owned()),
            unit: None,
        };
        let body = json!({ "arrival_at": now.plus_ms(4 * 86_400_000), "destination": village, "transport": "train" });
        let entry = NewEntry {
            subject: Some(SubjectIn::Described(described)),
            region: Some(village.clone()),
            body: body.as_object().cloned().unwrap_or_default(),
            ..NewEntry::new(ledger.new_id(), "declaration")
        };
        Declare {
            device,
            owner: None,
            entry,
            pass,
        }
    }
}

fn document(person: usize) -> String {
    format!("E{person:08}")
}

fn sign(issuer: &Issuer, random: &SystemRandom, person: usize, day: Day) -> Outcome<SignedPass> {
    let mut pass_id = [0; 16];
    let unlucky = |_| Failure::file(std::path::Path::new("pass"), "random");
    random.fill(&mut pass_id).map_err(unlucky)?;
    let claims = PassClaims {
        city: issuer.city().to_owned(),
        pass_id,
        valid_day: day,
        region_scope: issuer.city().to_owned(),
        holder_digest20: holder_digest(&pass_id, &document(person)),
    };
    let text = issuer
        .issue_pass(&claims, random)
        .map_err(|error| Failure::file(std::path::Path::new("pass"), error))?;
    Ok(SignedPass {
        id: Uuid::from_bytes(pass_id),
        text,
        day,
    })
}

/// What a bare writer does.
pub(super) struct Floor {
    pub per_s: f64,
    pub batch: usize,
    pub rows_each: usize,
}

/// The same rows into a copy of the same database, in the same transactions, with one signature a declaration.
fn bare(town: &Town, copies: &[PathBuf; 2], [data, keys]: [Recording; 2], declarations: usize) -> Outcome<Floor> {
    let open = |path: &PathBuf| Ok::<_, Failure>(Database::open(&format!("sqlite:{}", path.display()))?.writer()?);
    let (mut data_writer, mut key_writer) = (open(&copies[0])?, open(&copies[1])?);
    let (signer, random) = (town.ledger.signer(), SystemRandom::new());
    let commits = data.len().max(1);
    let (begin, mut signed) = (Stopwatch::now(), 0);
    for at in 0..data.len() {
        while signed * commits < declarations * (at + 1) {
            sign(&signer.issuer, &random, signed, town.today)?;
            signed += 1;
        }
        // Of every hundred commits as many write keys as did.
        let key_at = at * keys.len() / commits;
        if at == 0 || key_at != (at - 1) * keys.len() / commits {
            keys.play(key_at, &mut key_writer)?;
        }
        data.play(at, &mut data_writer)?;
    }
    Ok(Floor {
        per_s: declarations as f64 / begin.elapsed().as_secs_f64(),
        batch: declarations / commits,
        rows_each: (data.rows() + keys.rows()) / declarations.max(1),
    })
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

    /// The database asked for, or one of its own; empty, so that what is measured is all there is.
    ///
    /// # Errors
    /// It cannot be opened; it is not empty.
    pub fn empty_store(&self, args: &BenchArgs) -> Outcome<Store> {
        let own = || format!("sqlite:{}", self.0.join("bench.db").display());
        let store = StoreArgs {
            database: Some(args.database.clone().unwrap_or_else(own)),
            key: Some(self.0.join("bench.key")),
            key_store: Some(format!("sqlite:{}", self.0.join("bench.keys").display())),
        };
        let store = store.open()?;
        if !store.database.is_empty()? {
            return Err(Failure::new(
                Words::new("性能测试需要空数据库", "a benchmark needs an empty database"),
                Words::new("请用新的 --database", "give a new --database"),
            ));
        }
        Ok(store)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
