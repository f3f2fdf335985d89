//! What is asked of whom: stored occurrences for lists, planned ones for the past.

use super::{Conditions, Page, Reader, Sight};
use crate::LedgerError;
use crate::planned_task::state_at;
use lianfang_db::{Row, Value};
use lianfang_kernel::ids::{EnrolmentId, EntryId, SubjectId, TaskId};
use lianfang_kernel::{Instant, RegionId, Words};
use serde::{Deserialize, Serialize};

/// Which tasks.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// `open`, `missed`, `done`, `due` (open or missed), `all`.
    pub state: Option<String>,
    /// Of this protocol.
    pub protocol: Option<String>,
    /// This task of it.
    pub task: Option<String>,
    /// About this subject.
    pub subject: Option<SubjectId>,
    /// Owned by this organisation.
    pub owner: Option<SubjectId>,
    /// The reader's own organisation: what it owns is seen wherever it lies.
    pub own: Option<SubjectId>,
    /// In this region.
    pub region: Option<RegionId>,
    /// Open or due at any time of this span.
    pub between: Option<(Instant, Instant)>,
    /// Only `task` or `receipt`.
    pub kind: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows a page, 1,000 at most.
    pub limit: usize,
}

/// One occurrence of a task.
#[derive(Clone, Debug, Serialize)]
pub struct TaskItem {
    /// Its id.
    pub id: TaskId,
    /// The enrolment it belongs to.
    pub enrolment: EnrolmentId,
    /// The protocol.
    pub protocol: String,
    /// The task inside the protocol.
    pub task: String,
    /// `task` or `receipt`.
    pub kind: String,
    /// What it is called.
    pub title: Words,
    /// Whom it is about.
    pub subject: SubjectId,
    /// Who owns it; none when the post is empty.
    pub owner: Option<SubjectId>,
    /// The subject owes it itself.
    pub owner_self: bool,
    /// Day and slot.
    pub occurrence: String,
    /// From when.
    pub opens_at: Instant,
    /// Until when.
    pub due_at: Instant,
    /// `upcoming`, `open`, `done`, `missed`, `excused`, `void`.
    pub state: String,
    /// `on_time`, `known_late`, `late`.
    pub timeliness: Option<String>,
    /// The entry that discharged it.
    pub discharged_by: Option<EntryId>,
    /// When the discharging fact happened.
    pub done_at: Option<Instant>,
    /// When it reached the server.
    pub received_at: Option<Instant>,
    /// Attempts counted.
    pub attempts: i64,
    /// Desks that must acknowledge.
    pub receipts: Vec<ReceiptItem>,
    /// Done and all receipts in.
    pub complete: bool,
    /// The register whose entry discharges it.
    pub expects: String,
    /// Somebody above was told.
    pub escalated: bool,
    /// Where.
    pub region: RegionId,
}

impl TaskItem {
    /// Where the page after it begins.
    pub(super) fn cursor(&self) -> String {
        format!("{}_{}", self.due_at.0, self.id)
    }
}

/// One desk that must acknowledge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReceiptItem {
    /// The receipt's own task.
    pub task: TaskId,
    /// The organisation behind the desk.
    pub org: Option<SubjectId>,
    /// Whether it has acknowledged.
    pub received: bool,
    /// When.
    pub at: Option<Instant>,
}

/// One of the ways to the tasks that a reader sees.
pub(super) struct Walk {
    sight: Sight,
    /// Only what is about this organisation or its members.
    about: Option<SubjectId>,
    /// Only what this organisation owns.
    pub(super) owner: Option<SubjectId>,
}

/// The ways to all that a reader sees: what its organisation owns and what else it sees are two walks of an index; asked in one
/// they would be none.
pub(super) fn walks(sight: &Sight, filter: &TaskFilter) -> Vec<Walk> {
    let (sight, about, own) = match sight {
        Sight::Org(org) => (Sight::All, Some(*org), Some(*org)),
        Sight::Region(_) => (sight.clone(), None, filter.own),
        _ => (sight.clone(), None, None),
    };
    let owned = own.map(|own| Walk {
        sight: Sight::All,
        about: None,
        owner: Some(own),
    });
    let seen = Walk {
        sight,
        about,
        owner: None,
    };
    [seen].into_iter().chain(owned).collect()
}

const SELECT: &str = "select t.id, t.enrolment, t.protocol, t.task, t.kind, t.subject, t.owner, t.owner_self, t.label, \
    t.opens_at, t.due_at, t.state, t.timeliness, t.discharged_by, t.done_at, t.received_at, t.attempts, t.receipts, \
    t.complete, t.expects, t.escalated, t.region from task t";

impl Reader<'_> {
    /// A page of tasks, next due first: what the reader sees of its region, and what its organisation owns elsewhere.
    ///
    /// # Errors
    /// The database.
    pub fn tasks(&mut self, sight: &Sight, filter: &TaskFilter) -> Result<Page<TaskItem>, LedgerError> {
        let limit = filter.limit.clamp(1, 1_000);
        let mut items = Vec::new();
        for walk in walks(sight, filter) {
            if walk.owner.is_none() || filter.owner.is_none() || walk.owner == filter.owner {
                items.extend(self.some_tasks(&walk, filter, limit)?);
            }
        }
        items.sort_by_key(|item| (item.due_at, item.id));
        items.dedup_by_key(|item| item.id);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(TaskItem::cursor);
        Ok(Page { items, next })
    }

    /// The first that a walk comes by, and one more.
    fn some_tasks(&mut self, walk: &Walk, filter: &TaskFilter, limit: usize) -> Result<Vec<TaskItem>, LedgerError> {
        let mut where_ = self.see_on(walk);
        narrow(&mut where_, filter, &self.snapshot, self.now);
        if let Some((due, id)) = filter.cursor.as_deref().and_then(|c| c.split_once('_'))
            && let (Ok(due), Ok(id)) = (due.parse::<i64>(), id.parse::<uuid::Uuid>())
        {
            where_.and("(t.due_at, t.id) > (?, ?)", [due.into(), Value::Uuid(id)]);
        }
        let sql = format!(
            "{SELECT}{} order by t.due_at, t.id limit {}",
            where_.to_sql(),
            limit + 1
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        rows.iter()
            .map(|row| read_task(row, &self.snapshot, self.now))
            .collect()
    }

    /// The tasks, as `t`, that lie on a walk.
    pub(super) fn see_on(&self, walk: &Walk) -> Conditions {
        let mut where_ = Conditions::default();
        self.see_tasks(&walk.sight, &mut where_);
        if let Some(org) = walk.about {
            let members = "t.subject in (select s.id from subject s where s.id = ? or s.unit = ?)";
            where_.and(members, [org.0.into(), org.0.into()]);
        }
        if let Some(owner) = walk.owner {
            where_.and("t.owner = ?", [owner.0.into()]);
        }
        where_
    }

    fn see_tasks(&self, sight: &Sight, where_: &mut Conditions) {
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside("t.path", &self.snapshot.regions, region),
            Sight::Org(org) => where_.and(
                "(t.owner = ? or t.subject = ? or t.subject in (select s.id from subject s where s.unit = ?))",
                [org.0.into(), org.0.into(), org.0.into()],
            ),
            Sight::Sector { org, sectors, region } => {
                where_.inside("t.path", &self.snapshot.regions, region);
                let marks = vec!["?"; sectors.len()].join(", ");
                let of_sector = format!("select o.id from organisation o where o.sector in ({marks})");
                let sectors = sectors.iter().map(|sector| Value::from(sector.as_str()));
                let sql = format!("(t.subject in ({of_sector}) or t.owner = ?)");
                where_.and(&sql, sectors.chain([org.0.into()]));
            }
            Sight::Nothing => where_.and("1 = 0", []),
        }
        self.hide_tasks(where_);
    }

    /// One task, if the reader may see it.
    ///
    /// # Errors
    /// The database.
    pub fn task(&mut self, sight: &Sight, id: TaskId) -> Result<Option<TaskItem>, LedgerError> {
        let mut where_ = Conditions::default();
        self.see_tasks(sight, &mut where_);
        where_.and("t.id = ?", [id.0.into()]);
        let sql = format!("{SELECT}{} limit 1", where_.to_sql());
        let row = self.connection.query_opt(&sql, &where_.params)?;
        row.map(|row| read_task(&row, &self.snapshot, self.now)).transpose()
    }

    /// How many files should have been planned again before a moment because time alone changes them.
    ///
    /// # Errors
    /// The database.
    pub fn files_behind(&mut self, before: Instant) -> Result<i64, LedgerError> {
        let sql = "select count(*) as n from wake where wake_at < $1";
        Ok(self.connection.query_one(sql, &[before.0.into()])?.int("n")?)
    }
}

fn narrow(where_: &mut Conditions, filter: &TaskFilter, snapshot: &lianfang_policy::Snapshot, now: Instant) {
    // What is kept as to come is open once its time has come.
    match filter.state.as_deref() {
        None | Some("all") => where_.and("t.state <> 'void' and t.listed_from <= ?", [now.0.into()]),
        Some("due") => where_.and(
            "t.state in ('open', 'missed', 'upcoming') and (t.state <> 'upcoming' or t.opens_at <= ?)",
            [now.0.into()],
        ),
        Some("open") => where_.and(
            "t.state in ('open', 'upcoming') and (t.state = 'open' or t.opens_at <= ?)",
            [now.0.into()],
        ),
        Some("upcoming") => where_.and(
            "t.state in ('upcoming', 'waiting') and (t.state = 'waiting' or t.opens_at > ?) and t.listed_from <= ?",
            [now.0.into(), now.0.into()],
        ),
        Some(state) => where_.and("t.state = ?", [state.into()]),
    }
    for (value, text) in [
        (&filter.protocol, "t.protocol = ?"),
        (&filter.task, "t.task = ?"),
        (&filter.kind, "t.kind = ?"),
    ] {
        if let Some(value) = value {
            where_.and(text, [value.as_str().into()]);
        }
    }
    if let Some(subject) = filter.subject {
        where_.and("t.subject = ?", [subject.0.into()]);
    }
    if let Some(owner) = filter.owner {
        where_.and("t.owner = ?", [owner.0.into()]);
    }
    if let Some(region) = &filter.region {
        where_.inside("t.path", &snapshot.regions, region);
    }
    if let Some((from, to)) = filter.between {
        where_.and("t.opens_at < ? and t.due_at >= ?", [to.0.into(), from.0.into()]);
    }
}

/// What a task is called, by the newest edition that has it.
pub(super) fn title(snapshot: &lianfang_policy::Snapshot, protocol: &str, task: &str, kind: &str) -> Words {
    let title = snapshot
        .model
        .editions(protocol)
        .flat_map(|edition| &edition.tasks)
        .filter(|candidate| candidate.id == task)
        .last()
        .map_or_else(|| Words::same(task), |task| task.title.clone());
    if kind == "receipt" {
        Words::new(format!("签收：{}", title.zh), format!("Acknowledge: {}", title.en))
    } else {
        title
    }
}

fn read_task(row: &Row, snapshot: &lianfang_policy::Snapshot, now: Instant) -> Result<TaskItem, LedgerError> {
    let (protocol, task, kind) = (
        row.text("protocol")?.to_owned(),
        row.text("task")?.to_owned(),
        row.text("kind")?.to_owned(),
    );
    let title = title(snapshot, &protocol, &task, &kind);
    Ok(TaskItem {
        id: TaskId(row.uuid("id")?),
        enrolment: EnrolmentId(row.uuid("enrolment")?),
        protocol,
        task,
        kind,
        title,
        subject: SubjectId(row.uuid("subject")?),
        owner: row.opt_uuid("owner")?.map(SubjectId),
        owner_self: row.bool("owner_self")?,
        occurrence: row.text("label")?.to_owned(),
        opens_at: Instant(row.int("opens_at")?),
        due_at: Instant(row.int("due_at")?),
        state: state_at(row.text("state")?, Instant(row.int("opens_at")?), now).to_owned(),
        timeliness: row.opt_text("timeliness")?.map(str::to_owned),
        discharged_by: row.opt_uuid("discharged_by")?.map(EntryId),
        done_at: row.opt_int("done_at")?.map(Instant),
        received_at: row.opt_int("received_at")?.map(Instant),
        attempts: row.int("attempts")?,
        receipts: row.json("receipts")?,
        complete: row.bool("complete")?,
        expects: row.text("expects")?.to_owned(),
        escalated: row.bool("escalated")?,
        region: RegionId::new(row.text("region")?),
    })
}
