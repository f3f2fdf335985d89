//! Who stands twice: pairs among our own people, each proposed once, for a named person to decide.

use super::Readiness;
use super::likely::{Compared, reasons};
use crate::caller::Staff;
use crate::problem::ApiError;
use crate::state::AppState;
use lianfang_kernel::ids::{LoginId, SubjectId, derived};
use lianfang_kernel::{Lang, RegionId, RegionTree, SubjectView, Words};
use lianfang_ledger::read::{PairKey, Reader, Sight};
use lianfang_ledger::wire::{Author, NewEntry, SubjectIn};
use lianfang_ledger::{Ledger, LedgerError};
use lianfang_linkage::Class;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::PoisonError;
use std::time::Duration;

/// The register that proposes a pair.
pub const PROPOSALS: &str = "possible_duplicate";
/// Pairs proposed in one run: what people can look at in a few days.
const MOST: usize = 500;
/// Bits below which a pair is left alone.
const LEAST: f64 = 0.0;
/// Proposals written in one piece.
const CHUNK: usize = 50;

/// What a run found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DuplicatesFound {
    /// Whether the index was there.
    pub state: Readiness,
    /// People compared.
    pub people: usize,
    /// Pairs that may be one person, within sight.
    pub pairs: usize,
    /// Of those, proposed before or decided.
    pub known: usize,
    /// Proposed by this run.
    pub proposed: usize,
    /// Left for the next run, because one run proposes no more than people can look at.
    pub left: usize,
}

/// A pair to be proposed.
struct Pair {
    from: SubjectId,
    into: SubjectId,
    weight: f64,
    area: RegionId,
    why: Vec<Compared>,
}

/// How much a look at a pair is worth: heavy pairs are worth more, those that are certain either way less.
///
/// ```
/// # use lianfang_server::worth;
/// assert!(worth(3.0) > worth(0.2) && worth(3.0) > worth(20.0));
/// ```
pub fn worth(weight: f64) -> f64 {
    let p = 1.0 / (1.0 + (-weight).exp2());
    let bits = |p: f64| if p <= 0.0 { 0.0 } else { -p * p.log2() };
    weight.max(0.0) * (bits(p) + bits(1.0 - p))
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// People are compared with each other.
    Comparing,
    /// So many pairs are proposed, of so many.
    Proposing(usize, usize),
    /// What it found.
    Done(DuplicatesFound),
    /// It broke off; what was proposed until then stays.
    Failed,
}

/// How long a page waits before it shows that a run is still on its way.
const PATIENCE: Duration = Duration::from_secs(2);

/// Begins a run, or joins the one that is on its way, and waits a moment for its end.
///
/// # Errors
/// 403 for roles that do not propose.
pub async fn begin_duplicates(state: &AppState, staff: &Staff) -> Result<Step, ApiError> {
    staff.must_write(PROPOSALS)?;
    let slot = state.linkage.run.clone();
    let (linkage, ledger) = (state.linkage.clone(), state.ledger.clone());
    let (author, sight) = (staff.author.clone(), staff.sight.clone());
    {
        let mut run = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(step @ (Step::Comparing | Step::Proposing(..))) = run.as_ref().map(|run| run.step) {
            return Ok(step);
        }
        *run = Some(Run {
            by: staff.author.login,
            step: Step::Comparing,
        });
    }
    let work = tokio::task::spawn_blocking(move || {
        let tell = |step| {
            if let Some(run) = slot.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                run.step = step;
            }
        };
        // A page shows how far it is; whoever comes right after a start need not come again.
        linkage.wait_until_built();
        let found = run(&linkage, &ledger, &author, &sight, &mut |done, of| {
            tell(Step::Proposing(done, of))
        });
        let step = found.map_or_else(
            |error| {
                tracing::warn!(code = %error.problem.code, "linkage.duplicates");
                Step::Failed
            },
            Step::Done,
        );
        tell(step);
        step
    });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(step) => step.map_err(|_| ApiError::internal()),
        Err(_) => Ok(duplicates_step(state, staff).unwrap_or(Step::Comparing)),
    }
}

/// How far the run is that this account began last; of somebody else's only that it is on its way.
pub fn duplicates_step(state: &AppState, staff: &Staff) -> Option<Step> {
    let run = state.linkage.run.lock().unwrap_or_else(PoisonError::into_inner);
    let run = run.as_ref()?;
    let is_own = run.by == staff.author.login;
    let is_on_its_way = matches!(run.step, Step::Comparing | Step::Proposing(..));
    (is_own || is_on_its_way).then_some(run.step)
}

/// The run that was begun last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    by: Option<LoginId>,
    step: Step,
}

/// The same from a command line, where nothing follows the commits: the index is built, used and let go.
///
/// # Errors
/// The database.
pub fn search_duplicates(
    ledger: &Ledger,
    author: &Author,
    sight: &Sight,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<DuplicatesFound, ApiError> {
    run(&super::Linkage::new(true), ledger, author, sight, progress)
}

/// Compares our own people with each other and proposes the pairs in sight that may be one person, the most valuable to
/// look at first.
///
/// # Errors
/// 403 for roles that do not propose; the database; the queue is full.
pub async fn find_duplicates(state: &AppState, staff: &Staff) -> Result<DuplicatesFound, ApiError> {
    staff.must_write(PROPOSALS)?;
    let (linkage, ledger, author, sight) = (
        state.linkage.clone(),
        state.ledger.clone(),
        staff.author.clone(),
        staff.sight.clone(),
    );
    let work = move || run(&linkage, &ledger, &author, &sight, &mut |_, _| ());
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::internal())?
}

fn run(
    linkage: &super::Linkage,
    ledger: &Ledger,
    author: &Author,
    sight: &Sight,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<DuplicatesFound, ApiError> {
    let settled = ledger.read(|reader| reader.settled_pairs())?;
    let (state, compared) = linkage.with(ledger, |ours| {
        let pairs: Vec<_> = ours
            .pairs(LEAST)
            .into_iter()
            .filter_map(|(a, b, link)| {
                let told = ours.explain_pair(&link);
                (told.class == Class::Same).then(|| (a, b, f64::from(link.weight), reasons(&told)))
            })
            .collect();
        (ours.len(), pairs)
    })?;
    let (people, found) = compared.unwrap_or_default();
    let mut result = DuplicatesFound {
        state,
        people,
        pairs: 0,
        known: 0,
        proposed: 0,
        left: 0,
    };
    let mut pairs = ledger.read(|reader| {
        let mut pairs = Vec::new();
        for (a, b, weight, why) in found {
            let Some((from, into)) = in_sight(reader, sight, a, b)? else {
                continue;
            };
            result.pairs += 1;
            if settled.contains(&PairKey::of(from.id, into.id)) {
                result.known += 1;
                continue;
            }
            let area = common(&reader.snapshot.regions, &from.region, &into.region);
            pairs.push(Pair {
                from: from.id,
                into: into.id,
                weight,
                area,
                why,
            });
        }
        Ok(pairs)
    })?;
    pairs.sort_by(|x, y| {
        worth(y.weight)
            .total_cmp(&worth(x.weight))
            .then((x.from, x.into).cmp(&(y.from, y.into)))
    });
    result.left = pairs.len().saturating_sub(MOST);
    pairs.truncate(MOST);
    for (nth, chunk) in pairs.chunks(CHUNK).enumerate() {
        progress(nth * CHUNK, pairs.len());
        let entries: Vec<NewEntry> = chunk.iter().map(proposal).collect();
        let reply = ledger.append(author.clone(), entries)?;
        let answer = reply.blocking_recv().map_err(|_| LedgerError::Stopped)??;
        result.proposed += answer.results.iter().filter(|result| result.status.is_in()).count();
    }
    Ok(result)
}

/// The two files as they are now, if the reader sees both: first the one that joins. A file with a document is kept, else the
/// older one.
fn in_sight(
    reader: &mut Reader<'_>,
    sight: &Sight,
    a: SubjectId,
    b: SubjectId,
) -> Result<Option<(SubjectView, SubjectView)>, LedgerError> {
    let (Some(a), Some(b)) = (reader.subject(a)?, reader.subject(b)?) else {
        return Ok(None);
    };
    if a.id == b.id || !reader.may_see(sight, &a) || !reader.may_see(sight, &b) {
        return Ok(None);
    }
    let labels = reader.labels(&[a.id, b.id], Lang::Zh)?;
    let has_document = |view: &SubjectView| labels.get(&view.id).is_some_and(|label| label.document.is_some());
    let a_joins = match (has_document(&a), has_document(&b)) {
        (true, false) => false,
        (false, true) => true,
        _ => (a.since, a.id) > (b.since, b.id),
    };
    Ok(Some(if a_joins { (a, b) } else { (b, a) }))
}

/// The narrowest region that both lie in.
fn common(regions: &RegionTree, a: &RegionId, b: &RegionId) -> RegionId {
    let mut up = regions.lineage(a).map(|region| &region.id);
    up.find(|id| regions.within(b, id)).unwrap_or(a).clone()
}

fn proposal(pair: &Pair) -> NewEntry {
    let why: Vec<Value> = pair
        .why
        .iter()
        .map(|one| json!({ "field": one.field, "zh": one.level.zh, "en": one.level.en, "bits": decimal(one.weight) }))
        .collect();
    let mut body = Map::new();
    body.insert("other".into(), json!(pair.into));
    body.insert("weight".into(), decimal(pair.weight).into());
    body.insert("area".into(), pair.area.as_str().into());
    body.insert("why".into(), why.into());
    NewEntry {
        subject: Some(SubjectIn::Id(pair.from)),
        confirmed: true,
        body,
        // Two runs at once propose the pair once.
        ..NewEntry::new(
            derived(&format!("possible duplicate\u{1f}{}\u{1f}{}", pair.from, pair.into)),
            PROPOSALS,
        )
    }
}

/// One digit after the point, as a register keeps it.
fn decimal(bits: f64) -> String {
    format!("{:.1}", bits.clamp(-60.0, 60.0))
}

/// The evidence that a merge is signed with: the reasons in words.
pub fn evidence(why: &[(String, Words, f64)], weight: f64, lang: Lang) -> String {
    let fields = why.iter().map(|(field, level, bits)| {
        let title = field_title(field);
        format!("{}：{}（{bits:+.1}）", title.get(lang), level.get(lang))
    });
    let head = Words::new("比对分值 {w}", "Match weight {w}").with("w", format!("{weight:.1}"));
    let mut parts = vec![head.get(lang).to_owned()];
    parts.extend(fields);
    parts.join("；")
}

/// What a compared field is called.
pub fn field_title(field: &str) -> Words {
    let (zh, en) = match field {
        "name" => ("姓名", "Name"),
        "sex" => ("性别", "Sex"),
        "birth" => ("出生日期", "Date of birth"),
        "idno" => ("证件号码", "Document number"),
        "phone" => ("电话", "Telephone"),
        "plate" => ("车牌", "Number plate"),
        "addr" => ("住址", "Address"),
        other => (other, other),
    };
    Words::new(zh, en)
}
