//! Who has something to be told, where, and what could not be delivered.

use super::{Conditions, Reader, Sight, find_key};
use crate::LedgerError;
use crate::accounts::{self, Login};
use crate::append::resolve::IDENTITY_CLASS;
use crate::outbox::{Choice, Claimed, NO_CHANNEL, Recipient, context};
use lianfang_db::{Row, Value, dialect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, Lang, RegionId};
use std::collections::HashMap;
use uuid::Uuid;

/// How far back a missed occurrence is still worth a word to a resident, in milliseconds.
const MISSED_MS: i64 = 24 * 3_600_000;

/// How much waits for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// To be done until the end of the day.
    pub open: i64,
    /// Missed.
    pub late: i64,
}

/// A resident for whom something waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonWaiting {
    /// Who.
    pub person: SubjectId,
    /// Where they stay.
    pub region: RegionId,
    /// How much.
    pub waiting: Waiting,
}

/// An urgent message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrgentSent {
    /// To which account.
    pub to: Uuid,
    /// Of which day.
    pub day: Day,
    /// When it was queued.
    pub at: Instant,
    /// It went out at any hour.
    pub is_alarm: bool,
    /// It could not be delivered.
    pub has_failed: bool,
}

/// A message that did not reach a resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Who.
    pub person: SubjectId,
    /// Where they stay.
    pub region: RegionId,
    /// By which channel.
    pub channel: String,
    /// Why, as a code.
    pub problem: String,
    /// When that was known.
    pub at: Instant,
}

/// How many messages of a channel are in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageTally {
    /// The channel.
    pub channel: String,
    /// The state.
    pub state: String,
    /// How many.
    pub n: i64,
}

const COUNTS: &str = "sum(case when t.state = 'missed' then 0 else 1 end) as open, \
    sum(case when t.state = 'missed' then 1 else 0 end) as late";

impl Reader<'_> {
    /// Residents for whom something waits until `end`: what they owe themselves, and what they may enter themselves
    /// whoever owes it. Of `only`, or of all.
    ///
    /// # Errors
    /// The database.
    pub fn people_waiting(
        &mut self,
        only: Option<&[SubjectId]>,
        end: Instant,
    ) -> Result<Vec<PersonWaiting>, LedgerError> {
        let own: Vec<Value> = self
            .snapshot
            .model
            .registers
            .values()
            .filter(|register| register.residents)
            .map(|register| register.schema.id.as_str().into())
            .collect();
        let mut where_ = Conditions::default();
        where_.and("s.kind = 'person' and s.merged_into is null and e.state = 'active'", []);
        let marks = vec!["?"; own.len()].join(", ");
        if own.is_empty() {
            where_.and("t.owner_self", []);
        } else {
            where_.and(&format!("(t.owner_self or t.expects in ({marks}))"), own);
        }
        due_until(&mut where_, end, (self.now.plus_ms(-MISSED_MS), self.now));
        let quiet = "not exists (select 1 from embargo b where b.subject = t.subject and b.entry = e.opened_by \
                     and b.opens_at > ?)";
        where_.and(quiet, [self.now.0.into()]);
        if let Some(only) = only {
            where_.within("t.subject", only.iter().map(|id| id.0.into()).collect());
        }
        let sql = format!(
            "select t.subject, s.region, {COUNTS} from task t join enrolment e on e.subject = t.subject \
             and e.id = t.enrolment join subject s on s.id = t.subject{} group by t.subject, s.region",
            where_.to_sql()
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        let read = |row: &Row| {
            Ok(PersonWaiting {
                person: SubjectId(row.uuid("subject")?),
                region: RegionId::new(row.text("region")?),
                waiting: counts(row)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// What waits at organisations until `end`.
    ///
    /// # Errors
    /// The database.
    pub fn orgs_waiting(
        &mut self,
        orgs: &[SubjectId],
        end: Instant,
    ) -> Result<HashMap<SubjectId, Waiting>, LedgerError> {
        let mut found = HashMap::new();
        for chunk in orgs.chunks(500) {
            let mut where_ = Conditions::default();
            where_.within("t.owner", chunk.iter().map(|id| id.0.into()).collect());
            where_.and("e.state = 'active'", []);
            // What others may not know of yet is counted for nobody but its author.
            let quiet = "not exists (select 1 from embargo b where b.subject = t.subject and b.entry = e.opened_by \
                         and b.opens_at > ? and (b.org is null or b.org <> t.owner))";
            where_.and(quiet, [self.now.0.into()]);
            due_until(&mut where_, end, (Instant(0), self.now));
            let sql = format!(
                "select t.owner, {COUNTS} from task t join enrolment e on e.subject = t.subject \
                 and e.id = t.enrolment{} group by t.owner",
                where_.to_sql()
            );
            for row in self.connection.query(&sql, &where_.params)? {
                found.insert(SubjectId(row.uuid("owner")?), counts(&row)?);
            }
        }
        Ok(found)
    }

    /// What people chose who chose anything; addresses stay sealed.
    ///
    /// # Errors
    /// The database.
    pub fn person_choices(&mut self, people: &[SubjectId]) -> Result<HashMap<SubjectId, Choice>, LedgerError> {
        let mut found = HashMap::new();
        for chunk in people.chunks(500) {
            let list = dialect::list(chunk.len(), 1);
            let params: Vec<Value> = chunk.iter().map(|id| id.0.into()).collect();
            let sql = format!("select recipient, channel, hour, lang from message_choice where recipient in {list}");
            for row in self.connection.query(&sql, &params)? {
                found.insert(SubjectId(row.uuid("recipient")?), choice_of(&row)?);
            }
        }
        Ok(found)
    }

    /// Accounts that may be used now and want messages, with what they chose; addresses stay sealed.
    ///
    /// # Errors
    /// The database.
    pub fn staff_choices(&mut self) -> Result<Vec<(Login, Choice)>, LedgerError> {
        let sql = "select recipient, channel, hour, lang from message_choice where kind = 'login' and channel <> $1";
        let mut chosen = HashMap::new();
        for row in self.connection.query(sql, &[NO_CHANNEL.into()])? {
            chosen.insert(row.uuid("recipient")?, choice_of(&row)?);
        }
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.now;
        let logins = accounts::list(self.connection)?.into_iter();
        let usable = logins.filter(|login| accounts::is_usable(login, now));
        Ok(usable
            .filter_map(|login| chosen.remove(&login.id.0).map(|choice| (login, choice)))
            .collect())
    }

    /// What somebody chose, with the address opened: for themselves, and for sending.
    ///
    /// # Errors
    /// The database.
    pub fn message_choice(&mut self, to: Recipient) -> Result<Option<Choice>, LedgerError> {
        let sql = "select channel, hour, lang, address from message_choice where recipient = $1";
        let Some(row) = self.connection.query_opt(sql, &[to.id().into()])? else {
            return Ok(None);
        };
        let mut choice = choice_of(&row)?;
        if let Some(sealed) = row.opt_bytes("address")?.map(<[u8]>::to_vec) {
            choice.address = self.address(to, &sealed)?;
        }
        Ok(Some(choice))
    }

    fn address(&mut self, to: Recipient, sealed: &[u8]) -> Result<Option<String>, LedgerError> {
        let context = context(to.id());
        let plain = match to {
            Recipient::Login(_) => self.core.vault.open_system(&context, sealed)?,
            Recipient::Person(id) => match find_key(self.core, id, IDENTITY_CLASS)? {
                Some(key) => self.core.vault.open(&key, &context, sealed)?,
                None => return Ok(None),
            },
        };
        Ok(String::from_utf8(plain).ok())
    }

    /// Where claimed messages go: the address chosen, else the telephone on file when `phone` says that it fits.
    ///
    /// # Errors
    /// The database.
    pub fn message_addresses(
        &mut self,
        claimed: &[Claimed],
        phone: bool,
    ) -> Result<HashMap<Uuid, String>, LedgerError> {
        let mut found = HashMap::new();
        let mut on_file = Vec::new();
        for message in claimed {
            let chosen = self.message_choice(message.to)?.and_then(|choice| choice.address);
            match (chosen, message.to) {
                (Some(address), to) => {
                    found.insert(to.id(), address);
                }
                (None, Recipient::Person(id)) if phone => on_file.push(id),
                (None, _) => {}
            }
        }
        for (id, mut identity, ..) in self.identities(&on_file)? {
            if let Some(number) = identity.identifiers.remove("phone") {
                found.insert(id.0, number);
            }
        }
        Ok(found)
    }

    /// People to whom a text message went at this number, latest first.
    ///
    /// # Errors
    /// The database.
    pub fn holders_of_number(&mut self, number: &str) -> Result<Vec<SubjectId>, LedgerError> {
        let digest = self.core.vault.digest(crate::outbox::NUMBER, number);
        let sql = "select recipient from message_number where digest = $1 order by sent_at desc, recipient";
        self.subjects(sql, &[digest.into()], "recipient")
    }

    /// Whether one of these ids is an entry already, or waits in the tray: a reply that is handed in again.
    ///
    /// # Errors
    /// The database.
    pub fn was_taken(&mut self, ids: [Uuid; 2]) -> Result<bool, LedgerError> {
        let params = ids.map(Value::from);
        for sql in [
            "select id from entry where id in ($1, $2) limit 1",
            "select id from tray where id in ($1, $2) limit 1",
        ] {
            if self.connection.query_opt(sql, &params)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Organisations that an escalation which still stands has reached since then, with the newest one.
    ///
    /// # Errors
    /// The database.
    pub fn escalations_since(&mut self, since: Instant) -> Result<Vec<(SubjectId, Instant)>, LedgerError> {
        let sql = "select org, max(created_at) as newest from notice where kind = 'escalation' and created_at >= $1 \
                   and retracted_at is null and org is not null group by org";
        let rows = self.connection.query(sql, &[since.0.into()])?;
        let read = |row: &Row| Ok((SubjectId(row.uuid("org")?), Instant(row.int("newest")?)));
        rows.iter().map(read).collect()
    }

    /// Urgent messages from a day on.
    ///
    /// # Errors
    /// The database.
    pub fn urgent_since(&mut self, day: Day) -> Result<Vec<UrgentSent>, LedgerError> {
        let sql = "select recipient, day, purpose, state, recorded_at from outbox where day >= $1 and kind = 'login' and purpose <> $2";
        let params = [i64::from(day.0).into(), crate::outbox::DIGEST.into()];
        let rows = self.connection.query(sql, &params)?;
        let read = |row: &Row| {
            Ok(UrgentSent {
                to: row.uuid("recipient")?,
                day: Day(i32::try_from(row.int("day")?).unwrap_or(0)),
                at: Instant(row.int("recorded_at")?),
                is_alarm: row.text("purpose")?.starts_with(crate::outbox::ALARM),
                has_failed: matches!(row.text("state")?, "failed" | "given_up"),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Organisations that owe something of these protocols that opened since then, or that it was escalated to since then, with
    /// the newest moment. What others may not know of yet presses nobody but its author.
    ///
    /// # Errors
    /// The database.
    pub fn pressing_since(
        &mut self,
        protocols: &[String],
        since: Instant,
    ) -> Result<Vec<(SubjectId, Instant)>, LedgerError> {
        let ids = || protocols.iter().map(|id| id.as_str().into()).collect::<Vec<Value>>();
        let quiet = "not exists (select 1 from embargo b where b.subject = t.subject and b.entry = e.opened_by \
                     and b.opens_at > ? and (b.org is null or b.org <> t.owner))";
        let mut owed = Conditions::default();
        owed.within("t.protocol", ids());
        owed.and("t.state in ('open', 'upcoming') and t.owner is not null", []);
        owed.and(
            "t.opens_at <= ? and (t.recorded_at >= ? or t.opens_at >= ?)",
            [self.now.0.into(), since.0.into(), since.0.into()],
        );
        owed.and("e.state = 'active'", []);
        owed.and(quiet, [self.now.0.into()]);
        let sql = format!(
            "select t.owner as org, max(case when t.opens_at > t.recorded_at then t.opens_at else t.recorded_at end) as newest \
             from task t join enrolment e on e.subject = t.subject \
             and e.id = t.enrolment{} group by t.owner",
            owed.to_sql()
        );
        let mut newest: HashMap<SubjectId, Instant> = HashMap::new();
        let mut told = Conditions::default();
        told.and(
            "n.kind = 'escalation' and n.retracted_at is null and n.org is not null",
            [],
        );
        told.and("n.created_at >= ?", [since.0.into()]);
        told.within("t.protocol", ids());
        let escalated = format!(
            "select n.org, max(n.created_at) as newest from notice n join task t on t.subject = n.subject \
             and t.id = n.task{} group by n.org",
            told.to_sql()
        );
        for (sql, where_) in [(sql, owed), (escalated, told)] {
            for row in self.connection.query(&sql, &where_.params)? {
                let (org, at) = (SubjectId(row.uuid("org")?), Instant(row.int("newest")?));
                let known = newest.entry(org).or_insert(at);
                *known = (*known).max(at);
            }
        }
        let mut newest: Vec<(SubjectId, Instant)> = newest.into_iter().collect();
        newest.sort();
        Ok(newest)
    }

    /// Residents in the reader's sight whom a message did not reach since then, latest first; each once.
    ///
    /// # Errors
    /// The database.
    pub fn undelivered(&mut self, sight: &Sight, since: Instant) -> Result<Vec<Undelivered>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("state in ('failed', 'given_up') and kind = 'person'", []);
        where_.and("changed_at >= ?", [since.0.into()]);
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside("path", &self.snapshot.regions, region),
            Sight::Org(_) | Sight::Sector { .. } | Sight::Nothing => return Ok(Vec::new()),
        }
        let sql = format!(
            "select recipient, region, channel, problem, changed_at from outbox{} order by changed_at desc, recipient \
             limit 2000",
            where_.to_sql()
        );
        let mut found: Vec<Undelivered> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let person = SubjectId(row.uuid("recipient")?);
            if seen.insert(person) {
                found.push(Undelivered {
                    person,
                    region: RegionId::new(row.text("region")?),
                    channel: row.text("channel")?.to_owned(),
                    problem: row.opt_text("problem")?.unwrap_or_default().to_owned(),
                    at: Instant(row.int("changed_at")?),
                });
            }
        }
        Ok(found)
    }

    /// The channels that have something to send now.
    ///
    /// # Errors
    /// The database.
    pub fn channels_with_due_messages(&mut self) -> Result<Vec<String>, LedgerError> {
        self.due_channels("queued")
    }

    /// The channels with an attempt whose time ran out and nobody wrote down what became of it.
    ///
    /// # Errors
    /// The database.
    pub fn channels_broken_off(&mut self) -> Result<Vec<String>, LedgerError> {
        self.due_channels("sending")
    }

    fn due_channels(&mut self, state: &str) -> Result<Vec<String>, LedgerError> {
        let sql = "select distinct channel from outbox where state = $1 and next_try_at <= $2 order by channel";
        let rows = self.connection.query(sql, &[state.into(), self.now.0.into()])?;
        rows.iter().map(|row| Ok(row.text("channel")?.to_owned())).collect()
    }

    /// How many messages of each channel are in each state, of the last fourteen days.
    ///
    /// # Errors
    /// The database.
    pub fn message_tally(&mut self) -> Result<Vec<MessageTally>, LedgerError> {
        let sql = "select channel, state, count(*) as n from outbox group by channel, state order by channel, state";
        let read = |row: &Row| {
            Ok(MessageTally {
                channel: row.text("channel")?.to_owned(),
                state: row.text("state")?.to_owned(),
                n: row.int("n")?,
            })
        };
        self.connection.query(sql, &[])?.iter().map(read).collect()
    }
}

/// Open now or later until `end`, or missed since `missed`.
fn due_until(where_: &mut Conditions, end: Instant, (missed, now): (Instant, Instant)) {
    where_.and(
        "((t.state in ('open', 'upcoming', 'waiting') and t.opens_at < ? and t.listed_from <= ?) \
          or (t.state = 'missed' and t.due_at >= ?))",
        [end.0.into(), now.0.into(), missed.0.into()],
    );
}

fn counts(row: &Row) -> Result<Waiting, LedgerError> {
    Ok(Waiting {
        open: row.int("open")?,
        late: row.int("late")?,
    })
}

fn choice_of(row: &Row) -> Result<Choice, LedgerError> {
    Ok(Choice {
        channel: row.text("channel")?.to_owned(),
        hour: row.int("hour")?,
        lang: Lang::from_tag(row.text("lang")?).unwrap_or_default(),
        address: None,
    })
}
