//! What is to be said today, and to whom: the digests of the hour, and escalations that cannot wait for it.

use super::{Decided, Messaging};
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, RegionId, Zone};
use lianfang_ledger::LedgerError;
use lianfang_ledger::outbox::{Choice, DIGEST, NewMessage, Recipient, URGENT};
use lianfang_ledger::read::{Reader, UrgentSent};
use lianfang_messages::hours::has_come;
use std::collections::{HashMap, HashSet};

/// What remembers the last hour whose digests were queued.
const SWEPT: &str = "messages_swept";
/// Messages queued in one piece, so that nobody waits for them.
const CHUNK: usize = 500;
/// How far back an escalation is still news, in milliseconds.
pub(super) const NEWS_MS: i64 = 24 * 3_600_000;
/// Between two urgent messages to one person, in milliseconds: what comes close together is one message.
pub(super) const GAP_MS: i64 = 15 * 60_000;

/// Queues the digests of every hour that came since the last look.
pub(super) async fn digests(state: &AppState, messaging: &Messaging, decided: &Decided) -> Result<(), ApiError> {
    let snapshot = state.ledger.snapshot();
    let now = state.ledger.now();
    let here = hour_of(&snapshot.zone, now);
    if decided.quiet.holds(here.1) {
        return Ok(());
    }
    let ledger = state.ledger.clone();
    let swept = read(state, move |_| ledger.meta(SWEPT)).await?;
    let last = swept.as_deref().and_then(read_hour);
    if last == Some(here) {
        return Ok(());
    }
    let (decided, messaging) = (decided.clone(), messaging.clone());
    let messages = read(state, move |reader| {
        let due = |choice: &Choice| has_come(decided.quiet.allowed(choice.hour), here, last);
        let mut messages = to_people(reader, &messaging, &decided, &due)?;
        messages.extend(to_staff(reader, &messaging, &due)?);
        Ok(messages)
    })
    .await?;
    for chunk in messages.chunks(CHUNK) {
        settle(state.ledger.queue_messages(chunk.to_vec())).await?;
    }
    settle(state.ledger.forget_messages()).await?;
    settle(state.ledger.set_meta(SWEPT, format!("{} {}", here.0, here.1))).await
}

fn hour_of(zone: &Zone, at: Instant) -> (i32, i64) {
    (zone.day_of(at).0, i64::from(zone.civil(at).3))
}

fn read_hour(text: &str) -> Option<(i32, i64)> {
    let (day, hour) = text.split_once(' ')?;
    Some((day.parse().ok()?, hour.parse().ok()?))
}

/// The end of the day that `at` lies in.
pub(super) fn end_of_day(zone: &Zone, at: Instant) -> Instant {
    zone.start_of(zone.day_of(at).plus(1))
}

fn to_people(
    reader: &mut Reader<'_>,
    messaging: &Messaging,
    decided: &Decided,
    is_due: &dyn Fn(&Choice) -> bool,
) -> Result<Vec<NewMessage>, LedgerError> {
    let zone = reader.snapshot.zone.clone();
    let (now, end) = (reader.now, end_of_day(&zone, reader.now));
    let waiting = reader.people_waiting(None, end)?;
    let ids: Vec<SubjectId> = waiting.iter().map(|found| found.person).collect();
    let choices = reader.person_choices(&ids)?;
    let default = Choice {
        channel: decided.channel.clone(),
        hour: decided.hour,
        lang: lianfang_kernel::Lang::Zh,
        address: None,
    };
    let mut messages = Vec::new();
    for found in waiting {
        let choice = choices.get(&found.person).unwrap_or(&default);
        let channel = messaging.messages.channel(&choice.channel);
        // What was missed cannot be made good by the person: the community calls.
        let has_something = found.waiting.open > 0 && is_due(choice);
        if has_something && channel.is_some_and(|channel| channel.kind.is_for_residents()) {
            let to = Recipient::Person(found.person);
            messages.push(digest(to, choice, found.region, zone.day_of(now), now));
        }
    }
    Ok(messages)
}

fn to_staff(
    reader: &mut Reader<'_>,
    messaging: &Messaging,
    is_due: &dyn Fn(&Choice) -> bool,
) -> Result<Vec<NewMessage>, LedgerError> {
    let snapshot = reader.snapshot.clone();
    let (now, end) = (reader.now, end_of_day(&snapshot.zone, reader.now));
    let mut chosen = reader.staff_choices()?;
    chosen.retain(|(_, choice)| messaging.messages.channel(&choice.channel).is_some() && is_due(choice));
    let orgs: HashSet<SubjectId> = chosen.iter().filter_map(|(login, _)| login.org).collect();
    let orgs: Vec<SubjectId> = orgs.into_iter().collect();
    let waiting = reader.orgs_waiting(&orgs, end)?;
    let mut messages = Vec::new();
    for (login, choice) in chosen {
        let Some(org) = login.org.filter(|org| waiting.contains_key(org)) else {
            continue;
        };
        let region = snapshot
            .orgs
            .get(org)
            .map_or_else(|| snapshot.city.clone(), |org| org.region.clone());
        let to = Recipient::Login(login.id);
        messages.push(digest(to, &choice, region, snapshot.zone.day_of(now), now));
    }
    Ok(messages)
}

pub(super) fn digest(to: Recipient, choice: &Choice, region: RegionId, day: Day, now: Instant) -> NewMessage {
    NewMessage {
        to,
        purpose: DIGEST.to_owned(),
        channel: choice.channel.clone(),
        lang: choice.lang,
        region,
        day,
        due_at: now,
    }
}

/// Queues what cannot wait for the hour: to staff whose organisation an escalation reached since their last such message.
pub(super) async fn urgent(state: &AppState, messaging: &Messaging, decided: &Decided) -> Result<(), ApiError> {
    let snapshot = state.ledger.snapshot();
    let now = state.ledger.now();
    if decided.urgent_daily <= 0 || decided.quiet.holds(hour_of(&snapshot.zone, now).1) {
        return Ok(());
    }
    let (messaging, daily) = (messaging.clone(), decided.urgent_daily);
    let messages = read(state, move |reader| {
        let chosen = reader.staff_choices()?;
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let news: HashMap<SubjectId, Instant> = reader.escalations_since(now.plus_ms(-NEWS_MS))?.into_iter().collect();
        let today = reader.snapshot.zone.day_of(now);
        let sent = reader.urgent_since(today.plus(-1))?;
        let mut messages = Vec::new();
        for (login, choice) in chosen {
            let newest = login.org.and_then(|org| news.get(&org).map(|at| (org, *at)));
            let Some((org, newest)) = newest.filter(|_| messaging.messages.channel(&choice.channel).is_some()) else {
                continue;
            };
            let mine: Vec<&UrgentSent> = sent.iter().filter(|sent| sent.to == login.id.0).collect();
            if let Some(n) = next_urgent(&mine, (newest, now), today, daily) {
                let org = reader.snapshot.orgs.get(org);
                let region = org.map_or_else(|| reader.snapshot.city.clone(), |org| org.region.clone());
                messages.push(NewMessage {
                    purpose: format!("{URGENT}{n}"),
                    ..digest(Recipient::Login(login.id), &choice, region, today, now)
                });
            }
        }
        Ok(messages)
    })
    .await?;
    settle(state.ledger.queue_messages(messages)).await.map(|_| ())
}

/// The number of the next urgent message of the day; none when the last one already tells of it, is too near, or the day
/// has had enough.
fn next_urgent(mine: &[&UrgentSent], (newest, now): (Instant, Instant), today: Day, daily: i64) -> Option<i64> {
    let last = mine.iter().map(|sent| sent.at).max();
    let of_today = mine.iter().filter(|sent| sent.day == today && !sent.is_alarm).count();
    let number = i64::try_from(of_today).unwrap_or(i64::MAX).saturating_add(1);
    let is_news = last.is_none_or(|last| newest > last && now.0 - last.0 >= GAP_MS);
    (is_news && number <= daily).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgent_messages_are_news_apart_and_few() {
        let day = Day(19_000);
        let sent = |at: i64| UrgentSent {
            to: uuid::Uuid::nil(),
            day,
            at: Instant(at),
            is_alarm: false,
            has_failed: false,
        };
        let (first, second) = (sent(1_000_000), sent(3_000_000));
        let check =
            |mine: &[&UrgentSent], newest: i64, now: i64| next_urgent(mine, (Instant(newest), Instant(now)), day, 2);
        assert_eq!(check(&[], 5, 10), Some(1));
        assert_eq!(check(&[&first], 900_000, 9_000_000), None, "it was told already");
        assert_eq!(check(&[&first], 1_100_000, 1_200_000), None, "too near");
        assert_eq!(check(&[&first], 1_100_000, 2_000_000), Some(2));
        assert_eq!(
            check(&[&first, &second], 4_000_000, 9_000_000),
            None,
            "enough for a day"
        );
    }
}
