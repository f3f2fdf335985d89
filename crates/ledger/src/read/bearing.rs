//! Files that bear a token of each of several groups, however many bear one: a common surname has tens of thousands, two
//! conditions together a handful, a village some hundreds. Whatever is fewest is read whole and the rest asked about it.

use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use lianfang_db::{Value, dialect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{RegionId, SubjectKind};
use std::collections::HashSet;

/// So many bearers of a token are read whole.
const FEW: usize = 2_000;
/// So many files of a region are.
const FEW_NEAR: usize = 20_000;
/// Bearers of a token that all have are read in stretches, and so many of them.
const STRETCH: usize = 2_000;
const STRETCHES: usize = 20;
/// Subjects asked about in one statement.
const ASKED: usize = 400;

impl Reader<'_> {
    /// Gives subjects that bear one token of each group, by id, to `each`, until it says that they are enough. Subjects out of
    /// sight may be among them.
    pub(super) fn bearing(
        &mut self,
        sight: &Sight,
        groups: &[Vec<Vec<u8>>],
        each: &mut dyn FnMut(&mut Self, SubjectId) -> Result<bool, LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut first = Vec::with_capacity(groups.len());
        for tokens in groups {
            first.push(self.bearers(tokens, None, FEW + 1)?);
        }
        let Some(fewest) = (0..groups.len()).min_by_key(|at| first[*at].len()) else {
            return Ok(());
        };
        let others = |own: usize| groups.iter().enumerate().filter(move |(at, _)| *at != own);
        if first[fewest].len() <= FEW {
            let mut some = std::mem::take(&mut first[fewest]);
            for (_, tokens) in others(fewest) {
                some = self.among(some, tokens)?;
            }
            return self.give(sight, some, each).map(drop);
        }
        if let Some(mut some) = self.files_near(sight)? {
            for tokens in groups {
                some = self.among(some, tokens)?;
            }
            return self.give(sight, some, each).map(drop);
        }
        let mut after = None;
        for _ in 0..STRETCHES {
            let mut some = self.bearers(&groups[fewest], after, STRETCH)?;
            let is_last = some.len() < STRETCH;
            after = some.last().copied();
            for (_, tokens) in others(fewest) {
                some = self.among(some, tokens)?;
            }
            if !self.give(sight, some, each)? || is_last {
                break;
            }
        }
        Ok(())
    }

    /// Whether more are wanted.
    fn give(
        &mut self,
        sight: &Sight,
        some: Vec<SubjectId>,
        each: &mut dyn FnMut(&mut Self, SubjectId) -> Result<bool, LedgerError>,
    ) -> Result<bool, LedgerError> {
        for chunk in some.chunks(ASKED) {
            for id in self.inside_or_merged(sight, chunk)? {
                if !each(self, id)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The first that bear a token, behind one, by id.
    fn bearers(
        &mut self,
        tokens: &[Vec<u8>],
        after: Option<SubjectId>,
        limit: usize,
    ) -> Result<Vec<SubjectId>, LedgerError> {
        let mut found = Vec::new();
        // One token after another: in the order of their key both engines stop at the limit.
        for token in tokens {
            let mut where_ = Conditions::default();
            where_.and("token = ?", [token.clone().into()]);
            if let Some(after) = after {
                where_.and("subject > ?", [after.0.into()]);
            }
            let sql = format!(
                "select subject from search_token{} order by subject limit {limit}",
                where_.to_sql()
            );
            found.extend(self.subjects(&sql, &where_.params, "subject")?);
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(limit);
        Ok(found)
    }

    /// Those of some that bear a token, in their order.
    fn among(&mut self, some: Vec<SubjectId>, tokens: &[Vec<u8>]) -> Result<Vec<SubjectId>, LedgerError> {
        let mut found = Vec::new();
        for chunk in some.chunks(ASKED) {
            let mut where_ = Conditions::default();
            where_.within("token", tokens.iter().map(|token| token.clone().into()).collect());
            where_.within("subject", chunk.iter().map(|id| id.0.into()).collect());
            let sql = format!("select subject from search_token{} order by subject", where_.to_sql());
            found.extend(self.subjects(&sql, &where_.params, "subject")?);
        }
        found.dedup();
        Ok(found)
    }

    /// All files of a region that has few, and those that were merged into one of them, by id.
    fn files_near(&mut self, sight: &Sight) -> Result<Option<Vec<SubjectId>>, LedgerError> {
        let Sight::Region(region) = sight else {
            return Ok(None);
        };
        if self.sees_city(region) {
            return Ok(None);
        }
        let model = self.snapshot.model.clone();
        let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
        let mut types: Vec<&str> = model.types.keys().map(String::as_str).chain(kinds).collect();
        types.sort_unstable();
        types.dedup();
        let mut where_ = Conditions::default();
        where_.within("kind_type", types.into_iter().map(Value::from).collect());
        where_.inside("path", &self.snapshot.regions, region);
        let sql = format!("select id from subject{} limit {}", where_.to_sql(), FEW_NEAR + 1);
        let mut found = self.subjects(&sql, &where_.params, "id")?;
        if found.len() > FEW_NEAR {
            return Ok(None);
        }
        let (mut kept, mut known) = (found.clone(), found.iter().copied().collect::<HashSet<_>>());
        while !kept.is_empty() {
            let mut merged = Vec::new();
            for chunk in kept.chunks(ASKED) {
                let sql = format!(
                    "select id from subject where merged_into in {}",
                    dialect::list(chunk.len(), 1)
                );
                let params: Vec<Value> = chunk.iter().map(|id| id.0.into()).collect();
                merged.extend(self.subjects(&sql, &params, "id")?);
            }
            merged.retain(|id| known.insert(*id));
            found.extend(&merged);
            kept = merged;
        }
        found.sort_unstable();
        Ok(Some(found))
    }

    /// Those of some that lie in the region of a sight, or were merged into a file that may; all where the sight is another.
    fn inside_or_merged(&mut self, sight: &Sight, some: &[SubjectId]) -> Result<Vec<SubjectId>, LedgerError> {
        let region = match sight {
            Sight::Region(region) if !self.sees_city(region) => region,
            _ => return Ok(some.to_vec()),
        };
        let mut inside = Conditions::default();
        inside.within("id", some.iter().map(|id| id.0.into()).collect());
        let mut merged = Conditions::default();
        merged.within("id", some.iter().map(|id| id.0.into()).collect());
        merged.and("merged_into is not null", []);
        inside.inside("path", &self.snapshot.regions, region);
        let mut found = Vec::new();
        for where_ in [inside, merged] {
            let sql = format!("select id from subject{}", where_.to_sql());
            found.extend(self.subjects(&sql, &where_.params, "id")?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Whether a region is all of the city.
    pub(super) fn sees_city(&self, region: &RegionId) -> bool {
        self.snapshot.regions.within(&self.snapshot.city, region)
    }
}
