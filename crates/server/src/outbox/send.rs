//! Sending what is due on a channel: claimed a few at a time, tried one by one, each outcome written down before the next.

use super::plan::end_of_day;
use super::{Messaging, Telling};
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use lianfang_kernel::Instant;
use lianfang_kernel::identity::Phone;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::LedgerError;
use lianfang_ledger::accounts;
use lianfang_ledger::invitations::INVITATION;
use lianfang_ledger::outbox::{ALARM, Claimed, Outcome, Recipient, URGENT};
use lianfang_ledger::read::{Reader, Waiting};
use lianfang_messages::config::{Configured, Guarantee};
use lianfang_messages::{Outgoing, SendError, retry};
use std::collections::HashMap;
use uuid::Uuid;

/// Messages claimed at once: what a crash may leave undecided.
const CLAIM: u32 = 8;
/// Messages of one channel in one round, so that the others have their turn.
const ROUND: u32 = 200;
/// Nothing is begun that may not end before the lease does, in milliseconds.
const LONGEST_MS: i64 = 30_000;

/// A claimed message with where it goes and what it says; none when nothing is left to say.
#[derive(Debug)]
struct Ready {
    claimed: Claimed,
    address: Option<String>,
    waiting: Option<Waiting>,
    /// The last part of the link, for an invitation that is still good.
    invitation: Option<String>,
}

impl Ready {
    fn is_invitation(&self) -> bool {
        self.claimed.purpose.starts_with(INVITATION)
    }
}

/// Sends what is due on a channel, as far as its pace allows. Answers how many went out.
pub(super) async fn all(state: &AppState, messaging: &Messaging, channel: &Configured) -> Result<usize, ApiError> {
    let (mut begun, mut sent) = (0, 0);
    while begun < ROUND {
        let most = state.paces.take(channel, CLAIM, state.ledger.now());
        if most == 0 {
            break;
        }
        let wanted = usize::try_from(most).unwrap_or(1);
        let claimed = state.ledger.claim_messages(channel.id.clone(), wanted, retry::LEASE_MS);
        let claimed = settle(claimed).await?;
        let unused = most - u32::try_from(claimed.len()).unwrap_or(most).min(most);
        state.paces.give_back(channel, unused);
        if claimed.is_empty() {
            break;
        }
        let until = state.ledger.now().plus_ms(retry::LEASE_MS - LONGEST_MS);
        begun += CLAIM;
        for ready in made_ready(state, channel, claimed).await? {
            sent += usize::from(one(state, messaging, channel, ready, until).await?);
        }
    }
    Ok(sent)
}

async fn made_ready(state: &AppState, channel: &Configured, claimed: Vec<Claimed>) -> Result<Vec<Ready>, ApiError> {
    let takes_phone = channel.takes_phone();
    read(state, move |reader| {
        let addresses = reader.message_addresses(&claimed, takes_phone)?;
        let waiting = waiting(reader, &claimed)?;
        let mut ready = Vec::with_capacity(claimed.len());
        for claimed in claimed {
            ready.push(Ready {
                address: addresses.get(&claimed.to.id()).cloned(),
                waiting: waiting.get(&claimed.to.id()).copied(),
                invitation: invitation(reader, &claimed)?,
                claimed,
            });
        }
        Ok(ready)
    })
    .await
}

/// What waits for each of them now: it may have been done since the message was queued.
fn waiting(reader: &mut Reader<'_>, claimed: &[Claimed]) -> Result<HashMap<Uuid, Waiting>, LedgerError> {
    let end = end_of_day(&reader.snapshot.zone, reader.now);
    let mut people: Vec<SubjectId> = Vec::new();
    let mut logins = HashMap::new();
    for message in claimed {
        match message.to {
            Recipient::Person(id) => people.push(id),
            Recipient::Login(id) => {
                if let Some(org) = accounts::org_of(reader.connection(), id)? {
                    logins.insert(id.0, org);
                }
            }
        }
    }
    let mut found = HashMap::new();
    if !people.is_empty() {
        for person in reader.people_waiting(Some(&people), end)? {
            found.insert(person.person.0, person.waiting);
        }
    }
    let orgs: Vec<SubjectId> = logins.values().copied().collect();
    let at_orgs = reader.orgs_waiting(&orgs, end)?;
    found.extend(
        logins
            .into_iter()
            .filter_map(|(login, org)| Some((login, *at_orgs.get(&org)?))),
    );
    Ok(found)
}

/// What the link of an invitation ends with; none for other messages, and for one that is no longer good.
fn invitation(reader: &mut Reader<'_>, claimed: &Claimed) -> Result<Option<String>, LedgerError> {
    let id = claimed.purpose.strip_prefix(INVITATION).and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(None) };
    let found = reader.invitation(id)?;
    let good = found.filter(|found| found.is_good(reader.now).is_ok());
    Ok(good.and_then(|found| reader.ways_of(&found)).map(|ways| ways.link))
}

/// What a message says and where it leads; none when nothing is left to say.
fn telling<'l>(
    messaging: &Messaging,
    channel: &Configured,
    ready: &Ready,
    link: &'l mut String,
) -> Option<Telling<'l>> {
    let is_alarm = ready.claimed.purpose.starts_with(ALARM);
    let is_urgent = ready.claimed.purpose.starts_with(URGENT) || is_alarm;
    let is_staff = matches!(ready.claimed.to, Recipient::Login(_));
    let (waiting, page) = match (&ready.invitation, ready.is_invitation()) {
        (Some(last), true) => (Waiting::default(), format!("/interview/{last}")),
        (None, true) => return None,
        (_, false) => {
            let waiting = ready.waiting.filter(|waiting| is_staff || waiting.open > 0);
            let waiting = waiting.or_else(|| is_urgent.then(Waiting::default))?;
            (waiting, if is_staff { "/today" } else { "/me" }.to_owned())
        }
    };
    *link = format!("{}{page}", messaging.messages.link);
    Some(Telling {
        open: waiting.open,
        late: waiting.late,
        is_urgent,
        is_alarm,
        is_invitation: ready.is_invitation(),
        can_answer: channel.takes_phone()
            && !is_staff
            && !ready.is_invitation()
            && messaging.messages.inbound_token.is_some(),
        is_staff,
        link,
    })
}

/// Tries one message; whether it went out.
async fn one(
    state: &AppState,
    messaging: &Messaging,
    channel: &Configured,
    ready: Ready,
    until: Instant,
) -> Result<bool, ApiError> {
    let now = state.ledger.now();
    let outcome = if now > until {
        // It was never tried: nothing is lost by trying later.
        Outcome::Again {
            at: now,
            problem: "no_time".to_owned(),
        }
    } else {
        attempt(state, messaging, channel, &ready, now).await?
    };
    if let Outcome::Failed { problem } | Outcome::GivenUp { problem } | Outcome::Again { problem, .. } = &outcome {
        tracing::warn!(channel = %channel.id, %problem, "messages.not_delivered");
    }
    let is_sent = matches!(outcome, Outcome::Sent { .. });
    settle(state.ledger.settle_messages(vec![(ready.claimed, outcome)])).await?;
    Ok(is_sent)
}

async fn attempt(
    state: &AppState,
    messaging: &Messaging,
    channel: &Configured,
    ready: &Ready,
    now: Instant,
) -> Result<Outcome, ApiError> {
    let claimed = &ready.claimed;
    let mut link = String::new();
    let Some(telling) = telling(messaging, channel, ready, &mut link) else {
        return Ok(Outcome::Dropped);
    };
    let fits = |address: &String| channel.channel.fits(address);
    let to = ready.address.clone().filter(fits);
    if to.is_none() && channel.channel.needs_address() {
        let problem = if ready.address.is_some() {
            "bad_address"
        } else {
            "no_address"
        };
        return Ok(Outcome::Failed {
            problem: problem.to_owned(),
        });
    }
    let (subject, text) = (messaging.words)(claimed.lang, &telling);
    let number = to.as_deref().filter(|_| channel.takes_phone());
    let number = number
        .and_then(|to| Phone::parse(to).ok())
        .map(|phone| phone.as_str().to_owned());
    let message = Outgoing {
        id: claimed.id,
        to,
        subject,
        text,
    };
    let way = channel.channel.clone();
    let tried = tokio::task::spawn_blocking(move || way.send(&message, now)).await;
    let tried = tried.map_err(|_| ApiError::internal())?;
    // Random enough for spreading: the tail of a fresh id.
    let random = state.ledger.new_id().as_u64_pair().1;
    Ok(judge(
        tried,
        channel.guarantee,
        (claimed.attempt, random),
        number,
        state.ledger.now(),
    ))
}

/// What an attempt means under a guarantee.
fn judge(
    tried: Result<(), SendError>,
    guarantee: Guarantee,
    (attempt, random): (i64, u64),
    number: Option<String>,
    now: Instant,
) -> Outcome {
    let again = |problem: String| match retry::again(attempt, now, random) {
        Some(at) => Outcome::Again { at, problem },
        None => Outcome::GivenUp { problem },
    };
    match tried {
        Ok(()) => Outcome::Sent { number },
        Err(SendError::Refused(problem)) => Outcome::Failed { problem },
        Err(SendError::NotSent(problem)) => again(problem),
        Err(SendError::Unknown(problem)) => match guarantee {
            Guarantee::AtLeastOnce => again(problem),
            Guarantee::AtMostOnce => Outcome::GivenUp { problem },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_guarantee_to_arrive_repeats_what_may_have_arrived() {
        let unknown = || Err(SendError::Unknown("503".to_owned()));
        let check = |tried, guarantee, attempt| judge(tried, guarantee, (attempt, 0), None, Instant(0));
        assert!(matches!(
            check(unknown(), Guarantee::AtLeastOnce, 1),
            Outcome::Again { .. }
        ));
        assert!(matches!(
            check(unknown(), Guarantee::AtMostOnce, 1),
            Outcome::GivenUp { .. }
        ));
        let not_sent = || Err(SendError::NotSent("429".to_owned()));
        for guarantee in [Guarantee::AtLeastOnce, Guarantee::AtMostOnce] {
            assert!(matches!(check(not_sent(), guarantee, 1), Outcome::Again { .. }));
            let last = check(not_sent(), guarantee, retry::MOST_ATTEMPTS);
            assert!(matches!(last, Outcome::GivenUp { .. }));
        }
    }
}
