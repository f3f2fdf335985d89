//! What cannot wait, not even for the morning: duties of protocols that their pack calls urgent. Everybody of the organisation
//! that must act is told at once; when none of them can be told, who stands in for it is; and it stands in a list.

use super::Messaging;
use super::plan::{GAP_MS, NEWS_MS, digest};
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Instant, RegionId};
use lianfang_ledger::LedgerError;
use lianfang_ledger::accounts::Login;
use lianfang_ledger::outbox::{ALARM, Choice, NewMessage, Recipient};
use lianfang_ledger::read::{Reader, UrgentSent};
use lianfang_policy::Snapshot;
use std::collections::{BTreeMap, HashMap};

/// Such messages to one person in a day at most; what happens beyond stands in the list of tasks.
const MOST: usize = 24;
/// The function that stands in where the authority of an organisation cannot be told.
const STANDS_IN: &str = "command";

/// An organisation that must act on something urgent, and nobody of which could be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// Which.
    pub org: SubjectId,
    /// Since when it should act.
    pub since: Instant,
    /// Who was told instead.
    pub instead: Option<SubjectId>,
}

/// Accounts that may be told, by their organisation, with what was sent to them.
struct Known {
    accounts: HashMap<SubjectId, Vec<(Login, Choice)>>,
    sent: Vec<UrgentSent>,
    news: Vec<(SubjectId, Instant)>,
}

fn known(reader: &mut Reader<'_>, messaging: &Messaging) -> Result<Known, LedgerError> {
    let now = reader.now;
    let protocols: Vec<String> = urgent_protocols(&reader.snapshot);
    let news = if protocols.is_empty() {
        Vec::new()
    } else {
        reader.pressing_since(&protocols, now.plus_ms(-NEWS_MS))?
    };
    let mut accounts: HashMap<SubjectId, Vec<(Login, Choice)>> = HashMap::new();
    if news.is_empty() {
        return Ok(Known {
            accounts,
            sent: Vec::new(),
            news,
        });
    }
    for (login, choice) in reader.staff_choices()? {
        if let Some(org) = login
            .org
            .filter(|_| messaging.messages.channel(&choice.channel).is_some())
        {
            accounts.entry(org).or_default().push((login, choice));
        }
    }
    let today = reader.snapshot.zone.day_of(now);
    Ok(Known {
        accounts,
        sent: reader.urgent_since(today.plus(-1))?,
        news,
    })
}

fn urgent_protocols(snapshot: &Snapshot) -> Vec<String> {
    let protocols = snapshot.model.protocols.iter().filter(|protocol| protocol.urgent);
    let ids: std::collections::BTreeSet<&str> = protocols.map(|protocol| protocol.id.as_str()).collect();
    ids.into_iter().map(str::to_owned).collect()
}

impl Known {
    fn of(&self, org: SubjectId) -> &[(Login, Choice)] {
        self.accounts.get(&org).map(Vec::as_slice).unwrap_or_default()
    }

    fn mine(&self, login: LoginId) -> impl Iterator<Item = &UrgentSent> {
        self.sent.iter().filter(move |sent| sent.to == login.0)
    }

    /// Whether somebody of the organisation can still be told: no message about this has failed them.
    fn can_be_told(&self, org: SubjectId, since: Instant) -> bool {
        self.of(org)
            .iter()
            .any(|(login, _)| !self.mine(login.id).any(|sent| sent.at >= since && sent.has_failed))
    }

    /// Who stands in: the authority of its sector, a function bears the name of one, or the command of the region.
    fn stand_in(&self, snapshot: &Snapshot, org: SubjectId, since: Instant, now: Instant) -> Option<SubjectId> {
        let of = snapshot.orgs.get(org)?;
        let desk = |function: &str| {
            let desk = snapshot.orgs.desk(&snapshot.regions, function, &of.region, now);
            desk.filter(|desk| *desk != org)
        };
        let above = of.sector.as_deref().and_then(desk);
        above
            .filter(|above| self.can_be_told(*above, since))
            .or_else(|| desk(STANDS_IN))
    }
}

/// Queues what presses, whatever the hour.
pub(super) async fn queue(state: &AppState, messaging: &Messaging) -> Result<(), ApiError> {
    if urgent_protocols(&state.ledger.snapshot()).is_empty() {
        return Ok(());
    }
    let messaging = messaging.clone();
    let messages = read(state, move |reader| {
        let known = known(reader, &messaging)?;
        Ok(messages(&known, &reader.snapshot, reader.now))
    })
    .await?;
    if messages.is_empty() {
        return Ok(());
    }
    settle(state.ledger.queue_messages(messages)).await.map(|_| ())
}

fn messages(known: &Known, snapshot: &Snapshot, now: Instant) -> Vec<NewMessage> {
    // Somebody may act for several: they are told once, of the newest.
    let mut told: BTreeMap<LoginId, (Instant, &Choice, RegionId)> = BTreeMap::new();
    for (org, since) in &known.news {
        let is_reached = known.can_be_told(*org, *since);
        let instead = (!is_reached)
            .then(|| known.stand_in(snapshot, *org, *since, now))
            .flatten();
        for at in [Some(*org), instead].into_iter().flatten() {
            let region = snapshot.orgs.get(at).map_or(&snapshot.city, |org| &org.region);
            for (login, choice) in known.of(at) {
                let newest = told.get(&login.id).map_or(*since, |(newest, ..)| (*newest).max(*since));
                told.insert(login.id, (newest, choice, region.clone()));
            }
        }
    }
    let today = snapshot.zone.day_of(now);
    let message = |(login, (newest, choice, region)): (LoginId, (Instant, &Choice, RegionId))| {
        let mine: Vec<&UrgentSent> = known.mine(login).filter(|sent| sent.is_alarm).collect();
        let last = mine.iter().map(|sent| sent.at).max();
        let is_news = last.is_none_or(|last| newest > last && now.0 - last.0 >= GAP_MS);
        let n = mine.iter().filter(|sent| sent.day == today).count() + 1;
        (is_news && n <= MOST).then(|| NewMessage {
            purpose: format!("{ALARM}{n}"),
            ..digest(Recipient::Login(login), choice, region, today, now)
        })
    };
    told.into_iter().filter_map(message).collect()
}

/// Organisations that must act on something urgent and nobody of which could be told, longest first.
///
/// # Errors
/// The store.
pub async fn untold(state: &AppState) -> Result<Vec<Untold>, ApiError> {
    let Some(messaging) = state.config.messages.clone() else {
        return Ok(Vec::new());
    };
    read(state, move |reader| {
        let known = known(reader, &messaging)?;
        let (snapshot, now) = (reader.snapshot.clone(), reader.now);
        let missing = known
            .news
            .iter()
            .filter(|(org, since)| !known.can_be_told(*org, *since));
        let mut untold: Vec<Untold> = missing
            .map(|(org, since)| Untold {
                org: *org,
                since: *since,
                instead: known.stand_in(&snapshot, *org, *since, now),
            })
            .collect();
        untold.sort_by_key(|untold| untold.since);
        Ok(untold)
    })
    .await
}
