//! Finding a file: by identifier, part of a name, last four digits. The caller states why; the search is in the audit.

use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use crate::append::resolve::SOUND;
use crate::append::rights::{belongs_to, reports_to};
use lianfang_db::{Value, dialect};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Instant, RegionId, SubjectKind, SubjectView};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Subjects that a search gives at most.
const FOUND: usize = 50;

/// What is searched for; several parts narrow one another.
#[derive(Clone, Debug, Default)]
pub struct SearchQuery {
    /// Identifiers by kind.
    pub identifiers: BTreeMap<String, String>,
    /// Part of a name.
    pub name_part: Option<String>,
    /// Last four digits of a number.
    pub last4: Option<String>,
}

impl Reader<'_> {
    /// Subjects that match every part and that the reader may see, 50 at most.
    ///
    /// # Errors
    /// The database.
    pub fn search(&mut self, sight: &Sight, query: &SearchQuery) -> Result<Vec<SubjectView>, LedgerError> {
        let described = crate::wire::Described {
            identifiers: query.identifiers.clone(),
            ..Default::default()
        };
        let (identifiers, problems) = crate::append::resolve::normalised(&described);
        if !problems.is_empty() {
            return Ok(Vec::new());
        }
        // One of each is enough.
        let mut tokens: Vec<Vec<Vec<u8>>> = Vec::new();
        for (kind, value) in &identifiers {
            tokens.push(vec![self.core.vault.token(kind, value)]);
        }
        if let Some(part) = query
            .name_part
            .as_deref()
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let part: String = part.chars().filter(|c| !c.is_whitespace()).take(24).collect();
            let part = part.to_lowercase();
            let written: String = part.chars().take(6).collect();
            let mut either = vec![self.core.vault.token("name", &written)];
            if part.chars().all(|c| c.is_ascii_alphabetic()) {
                either.push(self.core.vault.token(SOUND, &part));
            }
            tokens.push(either);
        }
        if let Some(last4) = query.last4.as_deref().map(str::trim).filter(|last4| !last4.is_empty()) {
            tokens.push(vec![self.core.vault.token("last4", &last4.to_uppercase())]);
        }
        let mut seen: Vec<SubjectView> = Vec::new();
        let hidden = self.hidden()?;
        self.bearing(sight, &tokens, &mut |reader, id| {
            if let Some(view) = reader.subject(id)?
                && reader.may_see(sight, &view)
                && !reader.is_hidden(&view, &hidden)?
                && !seen.iter().any(|other| other.id == view.id)
            {
                seen.push(view);
            }
            Ok(seen.len() < FOUND)
        })?;
        Ok(seen)
    }

    /// Whether all that is said of a subject is what the reader may not know of yet.
    fn is_hidden(&mut self, view: &SubjectView, hidden: &HashSet<EntryId>) -> Result<bool, LedgerError> {
        if hidden.is_empty() {
            return Ok(false);
        }
        let stored = self.stored_entries(view.id)?;
        Ok(self.is_unknown(view, &stored, hidden))
    }

    /// Whether a subject lies within a reader's sight.
    pub fn may_see(&self, sight: &Sight, view: &SubjectView) -> bool {
        match sight {
            Sight::All => true,
            Sight::Region(region) => self.snapshot.regions.within(&view.region, region),
            Sight::Org(org) => belongs_to(view, *org),
            Sight::Sector { org, sectors, region } => {
                let is_inside = self.snapshot.regions.within(&view.region, region);
                belongs_to(view, *org) || (is_inside && reports_to(sectors, view, &self.snapshot))
            }
            Sight::Nothing => false,
        }
    }

    /// The files in a region that are of a type or kind, merged ones aside: conditions on `subject`.
    pub(super) fn of_type(&self, of: &str, region: &RegionId) -> Conditions {
        let model = &self.snapshot.model;
        let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
        let known = model.types.keys().map(String::as_str).chain(kinds);
        let types = known.filter(|kind| *kind == of || model.is_a(kind, of));
        let mut where_ = Conditions::default();
        where_.inside("path", &self.snapshot.regions, region);
        where_.and("merged_into is null", []);
        where_.within("kind_type", types.map(Value::from).collect());
        where_
    }

    /// Subjects of a kind in a region, for lists to choose from.
    ///
    /// # Errors
    /// The database.
    pub fn subjects_of_kind(
        &mut self,
        kind: SubjectKind,
        region: &RegionId,
        limit: usize,
    ) -> Result<Vec<SubjectId>, LedgerError> {
        let where_ = self.of_type(kind.id(), region);
        self.ids(&where_, limit)
    }

    /// Subjects of a type in a region that are there at a moment, by id.
    pub(crate) fn subjects_of_type(
        &mut self,
        of: &str,
        region: &RegionId,
        at: Instant,
        limit: usize,
    ) -> Result<Vec<SubjectId>, LedgerError> {
        let mut where_ = self.of_type(of, region);
        where_.and(
            "since <= ? and (until is null or until > ?)",
            [at.0.into(), at.0.into()],
        );
        self.ids(&where_, limit)
    }

    fn ids(&mut self, where_: &Conditions, limit: usize) -> Result<Vec<SubjectId>, LedgerError> {
        let sql = format!("select id from subject{} order by id limit {limit}", where_.to_sql());
        self.subjects(&sql, &where_.params, "id")
    }

    /// Registers that hold an entry at all.
    ///
    /// # Errors
    /// The database.
    pub fn registers_in_use(&mut self) -> Result<BTreeSet<String>, LedgerError> {
        let rows = self.connection.query("select distinct register from entry", &[])?;
        let used = rows.iter().map(|row| Ok(row.text("register")?.to_owned()));
        used.collect()
    }

    /// Those who belong to an organisation, by id.
    ///
    /// # Errors
    /// The database.
    pub fn subjects_of_unit(&mut self, unit: SubjectId, limit: usize) -> Result<Vec<SubjectId>, LedgerError> {
        let limit = i64::try_from(limit.min(2_000)).unwrap_or(2_000);
        let sql = format!(
            "select id from subject where unit in {} order by id limit $2",
            dialect::list(1, 1)
        );
        self.subjects(&sql, &[unit.0.into(), Value::Int(limit)], "id")
    }
}
