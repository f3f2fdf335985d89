//! Rosters: who stands where, and where nobody does. Gaps are named, also those of whoever nobody was ever named for.

use super::{Conditions, Reader};
use crate::LedgerError;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Instant, RegionId, SubjectKind, SubjectView};
use lianfang_policy::model::{Register, Required};
use lianfang_policy::{Desk, Env, Expr, subject_record};
use lianfang_protocol::History;
use lianfang_protocol::hold::{Gap, Roster};
use serde::Serialize;
use std::collections::BTreeMap;

/// Files that one question reads at most.
pub const MOST_FILES: usize = 2_000;

/// A stretch in which somebody lacks.
#[derive(Clone, Debug, Serialize)]
pub struct GapRow {
    /// For whom or where.
    pub subject: SubjectId,
    /// Its type.
    #[serde(rename = "type")]
    pub kind_type: String,
    /// Where it is.
    pub region: RegionId,
    /// What the public calls it; for regions and organisations.
    pub label: Option<String>,
    /// The fields that tell the post: `party`, `post`.
    pub key: BTreeMap<String, serde_json::Value>,
    /// The kind of holder that lacks.
    pub kind: Option<String>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
    /// How many stand.
    pub have: i64,
    /// How many must.
    pub wanted: i64,
    /// The organisation that stands in.
    pub fallback: Option<SubjectId>,
}

/// The gaps of a register in a stretch.
#[derive(Clone, Debug, Serialize)]
pub struct Gaps {
    /// By subject, then time.
    pub items: Vec<GapRow>,
    /// How many files were asked.
    pub asked: usize,
    /// More files than [`MOST_FILES`] were to be asked: the list is not whole.
    pub partial: bool,
}

impl Reader<'_> {
    /// Where fewer stand than must: the gaps of `register` inside `region` from `window.0` up to `window.1`.
    ///
    /// # Errors
    /// The database; a refusal with what a condition of the hold met with.
    pub fn gaps(
        &mut self,
        register: &Register,
        region: &RegionId,
        window: (Instant, Instant),
    ) -> Result<Gaps, LedgerError> {
        let mut asked = self.held_files(register, region, None, Some(MOST_FILES + 1))?;
        let partial = asked.len() > MOST_FILES;
        asked.truncate(MOST_FILES);
        let mut items = Vec::new();
        let snapshot = self.snapshot.clone();
        for view in &asked {
            let entries = self
                .stored_entries(view.id)?
                .into_iter()
                .map(|stored| stored.entry)
                .collect();
            let history = History::new(view.clone(), entries, None, &snapshot);
            let Some(roster) = Roster::of(register, &snapshot, view) else {
                continue;
            };
            let gaps = roster.gaps(&roster.facts(&history), window).map_err(refused)?;
            items.extend(gaps.into_iter().map(|gap| self.gap_row(register, view, gap)));
        }
        Ok(Gaps {
            items,
            asked: asked.len(),
            partial,
        })
    }

    /// The organisation that stands in for a subject where nobody is named.
    pub(super) fn stand_in(&self, register: &Register, view: &SubjectView) -> Option<SubjectId> {
        let desk = register.hold.as_ref()?.fallback.as_ref()?;
        let vars = [("subject", subject_record(view))];
        let desk = self.eval(desk, &vars, view).ok()?;
        Desk::from_datum(&desk)?.organisation(&self.snapshot, self.now)
    }

    fn gap_row(&self, register: &Register, view: &SubjectView, gap: Gap) -> GapRow {
        let snapshot = &self.snapshot;
        let fallback = self.stand_in(register, view);
        let org = snapshot.orgs.get(view.id).map(|org| org.name.zh.clone());
        let region = || snapshot.regions.get(&view.region).map(|region| region.name.zh.clone());
        let label = org.or_else(|| (view.kind == SubjectKind::Region).then(region).flatten());
        GapRow {
            subject: view.id,
            kind_type: view.kind_type.clone(),
            region: view.region.clone(),
            label,
            key: gap
                .key
                .iter()
                .map(|(field, value)| (field.clone(), value.to_json()))
                .collect(),
            kind: gap.kind,
            from: gap.from,
            to: gap.to,
            have: gap.have,
            wanted: gap.wanted,
            fallback,
        }
    }

    fn eval(
        &self,
        expr: &Expr,
        vars: &[(&str, Datum)],
        view: &SubjectView,
    ) -> Result<Datum, lianfang_policy::EvalError> {
        expr.eval(&Env {
            vars,
            snapshot: &self.snapshot,
            engine: None,
            region: Some(&view.region),
            at: self.now,
            now: self.now,
        })
    }

    /// Whoever must be held, in the order of ids: those that the hold requires, else those that were ever held.
    pub(super) fn held_files(
        &mut self,
        register: &Register,
        region: &RegionId,
        as_of: Option<Instant>,
        most: Option<usize>,
    ) -> Result<Vec<SubjectView>, LedgerError> {
        if let Some(required) = register.hold.as_ref().and_then(|hold| hold.required.clone()) {
            return self.members(&required, region, as_of, most);
        }
        let mut where_ = Conditions::default();
        where_.inside("path", &self.snapshot.regions, region);
        where_.and("register = ?", [register.schema.id.as_str().into()]);
        self.views("select distinct subject as id from entry", &where_, as_of, most)
    }

    /// Those of a set who are in a region, in the order of ids, at most so many.
    pub(super) fn members(
        &mut self,
        required: &Required,
        region: &RegionId,
        as_of: Option<Instant>,
        most: Option<usize>,
    ) -> Result<Vec<SubjectView>, LedgerError> {
        match required {
            Required::Of { of, filter } => {
                let mut views = if self.snapshot.model.kind_of(of) == Some(SubjectKind::Region) {
                    self.region_views(region)
                } else {
                    self.views("select id from subject", &self.of_type(of, region), as_of, most)?
                };
                if let Some(filter) = filter {
                    let mut kept = Vec::with_capacity(views.len());
                    for view in views {
                        let vars = [("it", subject_record(&view))];
                        if self.eval(filter, &vars, &view).map_err(refused)?.as_bool() == Some(true) {
                            kept.push(view);
                        }
                    }
                    views = kept;
                }
                Ok(views)
            }
            Required::Enrolled(protocols) => {
                let mut where_ = Conditions::default();
                where_.inside("path", &self.snapshot.regions, region);
                match as_of {
                    None => where_.and("state = 'active'", []),
                    Some(at) => where_.and(
                        "start_at <= ? and (ended_at is null or ended_at > ?) and state <> 'withdrawn'",
                        [at.0.into(), at.0.into()],
                    ),
                }
                where_.within("protocol", protocols.iter().map(|id| id.as_str().into()).collect());
                self.hide_enrolments(&mut where_, as_of.unwrap_or(self.now));
                self.views("select distinct n.subject as id from enrolment n", &where_, as_of, most)
            }
        }
    }

    /// Regions are there whether or not anything was said about them.
    fn region_views(&self, region: &RegionId) -> Vec<SubjectView> {
        let regions = &self.snapshot.regions;
        let inside = regions.iter().filter(|known| regions.within(&known.id, region));
        let mut views: Vec<SubjectView> = inside
            .map(|known| SubjectView {
                id: crate::core::region_subject(&known.id),
                kind: SubjectKind::Region,
                kind_type: SubjectKind::Region.id().to_owned(),
                region: known.id.clone(),
                unit: None,
                since: Instant::MIN,
                until: None,
            })
            .collect();
        views.sort_by(|a, b| a.region.cmp(&b.region));
        views
    }

    /// Those that `select` gives as `id` where the conditions hold, in the order of ids.
    pub(super) fn views(
        &mut self,
        select: &str,
        where_: &Conditions,
        as_of: Option<Instant>,
        most: Option<usize>,
    ) -> Result<Vec<SubjectView>, LedgerError> {
        let mut ids: Vec<SubjectId> = Vec::new();
        for row in self
            .connection
            .query(&format!("{select}{}", where_.to_sql()), &where_.params)?
        {
            ids.push(SubjectId(row.uuid("id")?));
        }
        ids.sort();
        ids.dedup();
        ids.truncate(most.unwrap_or(usize::MAX));
        let (now, then) = (as_of.unwrap_or(self.now), as_of.unwrap_or(Instant::MAX));
        let mut views = Vec::with_capacity(ids.len());
        for id in ids {
            let is_there = |view: &SubjectView| view.since <= then && view.until.is_none_or(|until| now < until);
            views.extend(self.subject(id)?.filter(is_there));
        }
        Ok(views)
    }
}

pub(super) fn refused(error: lianfang_policy::EvalError) -> LedgerError {
    let hint = lianfang_kernel::Words::new(
        "请缩短时段，或报系统管理员",
        "Ask for a shorter stretch, or tell the administrator",
    );
    LedgerError::refused("not_computable", error.message, hint)
}
