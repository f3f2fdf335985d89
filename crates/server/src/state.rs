//! What every request shares, and the two ways to the ledger: reading beside the writer, writing through it.

use crate::computing::Computing;
use crate::import::{ErrorSheets, ImportJobs};
use crate::limits::Limits;
use crate::linkage::Linkage;
use crate::listed::Listed;
use crate::metrics::Metrics;
use crate::outbox::{Messaging, Paces};
use crate::problem::ApiError;
use crate::rush::Rush;
use axum::Router;
use lianfang_kernel::ManualClock;
use lianfang_ledger::read::Reader;
use lianfang_ledger::wire::{AppendAnswer, Author, EntryAnswer, NewEntry};
use lianfang_ledger::{Ledger, LedgerError, Reply};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

/// How long one waits for a place to preview.
const PREVIEW_QUEUE: Duration = Duration::from_secs(20);
/// Seconds after which trying again may help.
const LATER_S: u32 = 5;

/// How the server was started.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// A demonstration: said on every page.
    pub demonstration: bool,
    /// A clock that may be moved through the interface.
    pub test_clock: Option<ManualClock>,
    /// Answers go over TLS: cookies are `Secure`, browsers are told to stay.
    pub tls: bool,
    /// Proxies whose word about the caller's address is believed.
    pub trusted_proxies: Vec<Network>,
    /// Whether an index over our own people is kept in memory, for "is this one of ours?" and for finding duplicates.
    pub linkage: bool,
    /// The channels that messages leave by; none are sent without them.
    pub messages: Option<Arc<Messaging>>,
    /// Version of the program.
    pub version: &'static str,
    /// Puts what draws refusals as pages around the whole; without it they stay problem documents.
    pub draw: Option<fn(Router, AppState) -> Router>,
    /// Published daily counts of outbreaks of the past, as CSV, for the page that shows the methods on them.
    pub past_counts: Option<fn() -> Option<Vec<u8>>>,
    /// A folder of reference data with licences of their own, whose outbreaks that page shows beside those counts.
    pub reference: Option<PathBuf>,
}

/// A range of addresses in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its first address.
    pub address: IpAddr,
    /// How many leading bits count.
    pub bits: u8,
}

impl Network {
    /// Reads `10.0.0.0/8`, `::1/128` or a single address.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(widest), |bits| bits.trim().parse().ok())?;
        (bits <= widest).then_some(Network { address, bits })
    }

    /// Whether an address lies in it.
    pub fn contains(&self, other: IpAddr) -> bool {
        let same = |a: u128, b: u128, width: u8| {
            let shift = u32::from(width - self.bits);
            a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0)
        };
        match (self.address, other) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
            _ => false,
        }
    }
}

/// Shared by every request; cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The facts.
    pub ledger: Ledger,
    /// How the server was started.
    pub config: Arc<Config>,
    /// How often whom.
    pub limits: Arc<Limits>,
    /// What is counted about the server itself.
    pub metrics: Arc<Metrics>,
    /// Error sheets of imports, kept for a while for whom they belong to.
    pub error_sheets: Arc<ErrorSheets>,
    /// Sheets on their way in.
    pub import_jobs: Arc<ImportJobs>,
    /// Whom lists have shown today.
    pub(crate) listed: Arc<Listed>,
    pub(crate) computing: Computing,
    pub(crate) rush: Arc<Rush>,
    pub(crate) linkage: Linkage,
    pub(crate) paces: Arc<Paces>,
    hashing: Arc<Semaphore>,
    previews: Arc<Semaphore>,
    ticking: Arc<Mutex<()>>,
}

impl AppState {
    /// A server's state over an open ledger.
    pub fn new(ledger: Ledger, config: Config) -> AppState {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        AppState {
            ledger,
            linkage: Linkage::new(config.linkage),
            config: Arc::new(config),
            limits: Arc::default(),
            metrics: Arc::default(),
            error_sheets: Arc::default(),
            import_jobs: Arc::default(),
            listed: Arc::default(),
            computing: Computing::default(),
            paces: Arc::default(),
            rush: Arc::new(Rush::new(cores)),
            hashing: Arc::new(Semaphore::new(cores)),
            previews: Arc::new(Semaphore::new(1)),
            ticking: Arc::default(),
        }
    }

    /// Does slow work of the processor (passwords), as many at a time as there are cores.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn hashed<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let _permit = self.hashing.acquire().await.map_err(|_| ApiError::internal())?;
        blocking(work).await
    }

    /// A place for a preview, which takes every core for a while: one at a time.
    ///
    /// # Errors
    /// None became free in time.
    pub(crate) async fn previewing(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let place = tokio::time::timeout(PREVIEW_QUEUE, self.previews.clone().acquire_owned());
        let place = place.await.map_err(|_| ApiError::busy(LATER_S))?;
        place.map_err(|_| ApiError::internal())
    }

    /// Writes down what fell due, until nothing is left.
    ///
    /// # Errors
    /// The store.
    pub async fn tick(&self) -> Result<usize, ApiError> {
        let _one_at_a_time = self.ticking.lock().await;
        let mut all = 0;
        loop {
            match settle(self.ledger.tick()).await? {
                0 => return Ok(all),
                n => all += n,
            }
        }
    }
}

/// Does slow work where blocking is allowed.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => Ok(result?),
        // The hook has logged where.
        Err(_) => Err(ApiError::internal()),
    }
}

/// Waits for what the writer answers.
///
/// # Errors
/// Those of the work; the queue is full; the writer has stopped.
pub async fn settle<T>(reply: Result<Reply<T>, LedgerError>) -> Result<T, ApiError> {
    match reply?.await {
        Ok(result) => Ok(result?),
        Err(_) => Err(LedgerError::Stopped.into()),
    }
}

/// Reads where blocking is allowed.
///
/// # Errors
/// Those of `f`; the database.
pub async fn read<T: Send + 'static>(
    state: &AppState,
    f: impl FnOnce(&mut Reader<'_>) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, ApiError> {
    let ledger = state.ledger.clone();
    blocking(move || ledger.read(f)).await
}

/// Writes entries and waits until they are durable.
///
/// # Errors
/// The queue is full; the store. Refusals are in the answer.
pub async fn append(state: &AppState, author: Author, entries: Vec<NewEntry>) -> Result<AppendAnswer, ApiError> {
    let answer = settle(state.ledger.append(author, entries)).await?;
    for result in &answer.results {
        state.metrics.entry(result.status);
    }
    Ok(answer)
}

/// Writes one entry and waits until it is durable.
///
/// # Errors
/// As [`append`]. A refusal is in the answer.
pub async fn append_one(state: &AppState, author: Author, entry: NewEntry) -> Result<EntryAnswer, ApiError> {
    let answer = append(state, author, vec![entry]).await?;
    answer.results.into_iter().next().ok_or_else(ApiError::internal)
}

/// Writes one entry, a refusal of which is an error.
///
/// # Errors
/// As [`append`]; why the entry was refused.
pub(crate) async fn append_or_refuse(
    state: &AppState,
    author: Author,
    entry: NewEntry,
) -> Result<EntryAnswer, ApiError> {
    let result = append_one(state, author, entry).await?;
    match result.problems.first() {
        Some(problem) if !result.status.is_in() => Err(ApiError::refused(problem.clone())),
        _ => Ok(result),
    }
}

/// Asks what would become of entries, without writing.
///
/// # Errors
/// As [`append`].
pub async fn try_append(state: &AppState, author: Author, entries: Vec<NewEntry>) -> Result<AppendAnswer, ApiError> {
    settle(state.ledger.try_append(author, entries)).await
}
