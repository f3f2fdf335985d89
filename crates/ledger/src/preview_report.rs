//! A preview as it is told and kept: sums, differences, and who is concerned by id.

use crate::LedgerError;
use crate::ledger::Ledger;
use crate::read::PreviewQuery;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, RegionId, Words};
use lianfang_policy::difference::{Difference, Touched};
use lianfang_policy::model::Model;
use lianfang_protocol::preview::Preview;
pub use lianfang_protocol::preview::{Desk, Fate};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Days that a preview looks ahead unless it is told otherwise, and at most.
pub const PREVIEW_DAYS: i64 = 14;
/// At most.
pub const MOST_PREVIEW_DAYS: i64 = 60;

/// A preview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PreviewReport {
    /// As known then.
    pub at: Instant,
    /// First day that is compared.
    pub first: Day,
    /// How many.
    pub days: i64,
    /// Subjects that were planned twice.
    pub subjects: u64,
    /// Enrolments that were compared.
    pub enrolments: u64,
    /// Subjects for whom something changes.
    pub affected: u64,
    /// Of them, those who could end sooner.
    pub sooner: u64,
    /// Those who could end later.
    pub later: u64,
    /// How long it took.
    pub took_ms: u64,
    /// What is different in the packs.
    pub changes: Vec<ReportChange>,
    /// What becomes of enrolments.
    pub courses: Vec<ReportCourse>,
    /// Where those are for whom something changes.
    pub regions: Vec<ReportRegion>,
    /// Tasks by day and desk.
    pub due: Vec<ReportDue>,
    /// The first of those for whom something changes.
    pub people: Vec<ReportPerson>,
}

/// An item of the packs that is different.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportChange {
    /// Its table.
    pub table: String,
    /// Its id.
    pub id: String,
    /// Of a protocol the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// `added`, `removed`, `changed`.
    pub fate: String,
    /// Where it stands.
    pub file: String,
    /// The line.
    pub line: u32,
    /// What is different: path, before, after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<(String, Option<String>, Option<String>)>,
    /// Why it breaks what was written before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaking: Vec<Words>,
}

/// What becomes of enrolments of one protocol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportCourse {
    /// The protocol.
    pub protocol: String,
    /// What becomes of them.
    pub fate: Fate,
    /// The version now.
    pub from: Option<u32>,
    /// The version then.
    pub to: Option<u32>,
    /// How many.
    pub n: u64,
}

/// How many in a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportRegion {
    /// Where.
    pub region: RegionId,
    /// How many.
    pub n: u64,
}

/// Tasks of a desk on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportDue {
    /// The day.
    pub day: Day,
    /// Whose.
    pub desk: Desk,
    /// As it is.
    pub now: u64,
    /// As it would be.
    pub then: u64,
}

/// Somebody for whom something changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportPerson {
    /// Who.
    pub subject: SubjectId,
    /// Where.
    pub region: RegionId,
    /// In which protocol.
    pub protocol: String,
    /// What becomes of it.
    pub fate: Fate,
    /// The version now.
    pub from: Option<u32>,
    /// The version then.
    pub to: Option<u32>,
    /// The earliest day of release now.
    pub ends_now: Option<Day>,
    /// The earliest day of release then.
    pub ends_then: Option<Day>,
}

/// Other packs, as a preview asks for them.
#[derive(Clone, Debug)]
pub struct OtherPacks {
    /// What they say.
    pub model: Arc<Model>,
    /// What is different.
    pub differences: Vec<Difference>,
    /// Which protocols that touches.
    pub touched: Touched,
}

impl Ledger {
    /// Previews other packs: from `first`, or from today, for so many days.
    ///
    /// # Errors
    /// The database.
    pub fn preview_report(
        &self,
        other: &OtherPacks,
        first: Option<Day>,
        days: i64,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<PreviewReport, LedgerError> {
        let begun = std::time::Instant::now();
        let (at, today) = (self.now(), self.snapshot().zone.day_of(self.now()));
        let query = PreviewQuery {
            then: other.model.clone(),
            touched: other.touched.clone(),
            first: first.map_or(today, |first| first.max(today)),
            days: days.clamp(1, MOST_PREVIEW_DAYS),
        };
        let sum = self.preview(&query, progress)?;
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let frame = PreviewReport {
            at,
            first: query.first,
            days: query.days,
            took_ms,
            changes: other.differences.iter().map(change).collect(),
            ..PreviewReport::default()
        };
        Ok(report(frame, sum))
    }
}

fn change(one: &Difference) -> ReportChange {
    ReportChange {
        table: one.key.table.to_owned(),
        id: one.key.id.clone(),
        version: (one.key.version > 0).then_some(one.key.version),
        fate: one.fate.id().to_owned(),
        file: one.file.clone(),
        line: one.line,
        parts: one
            .parts
            .iter()
            .map(|part| (part.path.clone(), part.old.clone(), part.new.clone()))
            .collect(),
        breaking: one.breaking.clone(),
    }
}

fn report(frame: PreviewReport, sum: Preview) -> PreviewReport {
    let course = |(course, n): (&lianfang_protocol::preview::Course, &u64)| ReportCourse {
        protocol: course.protocol.clone(),
        fate: course.fate,
        from: course.from,
        to: course.to,
        n: *n,
    };
    let due = |((day, desk), due): (&(Day, Desk), &lianfang_protocol::preview::Due)| ReportDue {
        day: *day,
        desk: *desk,
        now: due.now,
        then: due.then,
    };
    PreviewReport {
        subjects: sum.subjects,
        enrolments: sum.courses.values().sum(),
        affected: sum.affected_subjects(),
        sooner: sum.sooner,
        later: sum.later,
        courses: sum.courses.iter().map(course).collect(),
        due: sum.due.iter().map(due).collect(),
        regions: sum
            .regions
            .into_iter()
            .map(|(region, n)| ReportRegion { region, n })
            .collect(),
        people: sum
            .affected
            .into_iter()
            .map(|(subject, affected)| ReportPerson {
                subject,
                region: affected.region,
                protocol: affected.course.protocol,
                fate: affected.course.fate,
                from: affected.course.from,
                to: affected.course.to,
                ends_now: affected.ends_on.0,
                ends_then: affected.ends_on.1,
            })
            .collect(),
        ..frame
    }
}
