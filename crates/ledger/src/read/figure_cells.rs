//! What a figure adds up. Sums are read as far as they go, and what was recorded since then row by row; as of a moment before, and of
//! a village or one day of a township, all of it row by row.
//!
//! A column that must not lead is put into an expression (`d.day + 0`), which no index holds: so both engines take the index that was
//! meant, with statistics or without.

use super::{Conditions, FigureQuery, Reader, region_at};
use crate::LedgerError;
use crate::deltas::code_dimensions;
use crate::sums::{STEPS, is_behind, steps, summed_to};
use lianfang_db::Row;
use lianfang_kernel::{Day, RegionId};
use lianfang_policy::model::{Indicator, IndicatorKind};
use std::collections::HashMap;

/// What the parts of a figure are told apart by; the other columns are empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub region: RegionId,
    pub sector: String,
    pub day: Day,
    pub bucket: String,
}

impl Cell {
    fn of(row: &Row, columns: &[Column]) -> Result<Cell, LedgerError> {
        let has = |column: &str| columns.iter().any(|(name, _)| *name == column);
        let text = |column: &str| if has(column) { row.text(column) } else { Ok("") };
        let day = if has("day") { row.int("day")? } else { 0 };
        Ok(Cell {
            region: region_at(text("path")?),
            sector: text("sector")?.to_owned(),
            day: Day(i32::try_from(day).unwrap_or(0)),
            bucket: text("bucket")?.to_owned(),
        })
    }
}

/// A column that parts are told apart by: its name, and how it is read.
type Column = (&'static str, String);

/// What is added up, by the id that it is counted under and its cell.
type Added = HashMap<(String, Cell), i64>;

/// Rows that are added up together.
#[derive(Clone, Copy, Debug)]
enum Rows {
    /// All, as of the moment that is asked about.
    All,
    /// Sums of regions that lie so many steps deep; of all in them or of what lies in the regions themselves.
    Sums(usize, bool),
    /// What was recorded after the sums.
    Since(i64),
    /// What was not for everybody when it was recorded.
    Closed,
}

impl Rows {
    fn table(self) -> &'static str {
        match self {
            Rows::Sums(..) => "indicator_sum",
            _ => "indicator_delta",
        }
    }
}

impl Reader<'_> {
    /// Adds up what is counted under these ids, by no more than the parts that are asked for.
    pub(super) fn added_up(
        &mut self,
        ids: &[&str],
        indicator: &Indicator,
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<Added, LedgerError> {
        // While sums move on, what they hold and what was recorded since must be of one moment.
        self.at_one_moment(|reader| {
            let columns = reader.told_apart_by(indicator, region, query);
            let exprs: Vec<&str> = columns.iter().map(|(_, expr)| expr.as_str()).collect();
            let named: Vec<String> = columns.iter().map(|(name, expr)| format!("{expr} as {name}")).collect();
            let mut added = Added::new();
            for rows in reader.rows_to_add(region, query)? {
                let where_ = reader.conditions_of(rows, ids, region, query);
                let sql = format!(
                    "select {}, cast(sum(d.n) as bigint) as n from {} d{} group by {}",
                    named.join(", "),
                    rows.table(),
                    where_.to_sql(),
                    exprs.join(", ")
                );
                for row in reader.connection.query(&sql, &where_.params)? {
                    let part = (row.text("indicator")?.to_owned(), Cell::of(&row, &columns)?);
                    *added.entry(part).or_default() += row.int("n")?;
                }
            }
            Ok(added)
        })
    }

    /// Where the numbers stand: in sums and beside them, where sums are of the regions that are asked about and of no later moment.
    fn rows_to_add(&mut self, region: &RegionId, query: &FigureQuery) -> Result<Vec<Rows>, LedgerError> {
        let own = steps(self.snapshot.regions.path(region));
        let below = match query.by.iter().any(|by| by == "region") {
            true => own + if query.deep { 2 } else { 1 },
            false => own,
        };
        // Of one day of a township little is recorded.
        let is_little = own >= STEPS && query.from.is_some() && query.from == query.to;
        if below > STEPS || is_little {
            return Ok(vec![Rows::All]);
        }
        let until = summed_to(self.connection)?.filter(|until| query.as_of.is_none_or(|as_of| *until <= as_of.0));
        let Some(until) = until else {
            return Ok(vec![Rows::All]);
        };
        if is_behind(self.connection, until)? {
            return Ok(vec![Rows::All]);
        }
        let mut rows = vec![Rows::Sums(below, false), Rows::Since(until), Rows::Closed];
        // What lies in a region itself lies in none of those below.
        rows.extend((own..below).map(|steps| Rows::Sums(steps, true)));
        Ok(rows)
    }

    fn conditions_of(&self, rows: Rows, ids: &[&str], region: &RegionId, query: &FigureQuery) -> Conditions {
        let regions = &self.snapshot.regions;
        let mut where_ = Conditions::default();
        let ids = ids.iter().map(|id| (*id).into()).collect();
        // Where days lead, and where the moment does.
        let (id, path, day) = match rows {
            Rows::All | Rows::Sums(..) => ("d.indicator", "d.path", "d.day"),
            Rows::Since(_) | Rows::Closed => ("d.indicator || ''", "d.path || ''", "d.day + 0"),
        };
        where_.within(id, ids);
        match rows {
            Rows::Sums(deep, is_own) => {
                let is_one = deep == steps(regions.path(region));
                if is_one {
                    where_.and("d.path = ?", [regions.path(region).into()]);
                } else {
                    where_.inside("d.path || ''", regions, region);
                    where_.and("d.steps = ?", [i64::try_from(deep).unwrap_or(0).into()]);
                }
                where_.and("d.own = ?", [is_own.into()]);
            }
            _ => where_.inside(path, regions, region),
        }
        if !query.sectors.is_empty() {
            where_.within("d.sector", query.sectors.iter().map(|id| id.as_str().into()).collect());
        }
        for (bound, is) in [(query.from, ">="), (query.to, "<=")] {
            if let Some(bound) = bound {
                where_.and(&format!("{day} {is} ?"), [i64::from(bound.0).into()]);
            }
        }
        match rows {
            Rows::All => self.known_then(query, &mut where_),
            Rows::Sums(..) => {}
            Rows::Since(until) => {
                // From one side only SQLite would rather read an index of all rows from end to end.
                let then = query.as_of.map_or(i64::MAX, |as_of| as_of.min(self.now).0);
                let since = "d.opens_at is null and d.recorded_at > ? and d.recorded_at <= ?";
                where_.and(since, [until.into(), then.into()]);
            }
            // They are recorded as of the moment they open at.
            Rows::Closed => {
                let then = query.as_of.map_or(self.now, |as_of| as_of.min(self.now));
                where_.and("d.opens_at > 0 and d.opens_at <= ?", [then.0.into()]);
            }
        }
        where_
    }

    /// The columns that a figure is added up by: no more than its parts need, since there may be millions of cells.
    fn told_apart_by(&self, indicator: &Indicator, asked: &RegionId, query: &FigureQuery) -> Vec<Column> {
        let asks = |by: &str| query.by.iter().any(|asked| asked == by);
        let is_state = matches!(indicator.kind, IndicatorKind::Enrolments { .. });
        let mut columns = vec![("indicator", "d.indicator".to_owned())];
        if asks("region") {
            let path = match self.cut(asked, query.deep) {
                Some(length) => format!("substr(d.path, 1, {length})"),
                None => "d.path".to_owned(),
            };
            columns.push(("path", path));
        }
        for (column, is_needed) in [
            ("sector", asks("sector")),
            ("day", asks("day")),
            (
                "bucket",
                is_state || code_dimensions(indicator).any(asks) || asks("state"),
            ),
        ] {
            columns.extend(is_needed.then(|| (column, format!("d.{column}"))));
        }
        columns
    }

    /// How long the paths of the regions are that a figure is taken apart by, where they are all alike: cut there, villages need not
    /// be told apart.
    fn cut(&self, asked: &RegionId, deep: bool) -> Option<usize> {
        let regions = &self.snapshot.regions;
        let below = regions.children(asked).iter();
        let mut lengths = match deep {
            true => below
                .flat_map(|id| regions.children(id))
                .map(|id| regions.path(id).len())
                .collect(),
            false => below.map(|id| regions.path(id).len()).collect::<Vec<_>>(),
        };
        lengths.dedup();
        match lengths[..] {
            [length] => Some(length),
            _ => None,
        }
    }

    /// What was added up to a moment; of now only what others may know of by now.
    fn known_then(&self, query: &FigureQuery, where_: &mut Conditions) {
        match query.as_of {
            Some(as_of) => where_.and("d.recorded_at <= ?", [as_of.min(self.now).0.into()]),
            None => where_.and("(d.opens_at is null or d.opens_at <= ?)", [self.now.0.into()]),
        }
    }

    /// The first and the last day on which a figure that is counted by day has anything, as known then.
    ///
    /// # Errors
    /// The database.
    pub fn figure_span(&mut self, id: &str, query: &FigureQuery) -> Result<Option<(Day, Day)>, LedgerError> {
        let region = query.region.clone().unwrap_or_else(|| self.snapshot.city.clone());
        let mut where_ = Conditions::default();
        where_.and("d.indicator = ?", [id.into()]);
        where_.inside("d.path", &self.snapshot.regions, &region);
        if !query.sectors.is_empty() {
            where_.within("d.sector", query.sectors.iter().map(|id| id.as_str().into()).collect());
        }
        if let Some(to) = query.to {
            where_.and("d.day <= ?", [i64::from(to.0).into()]);
        }
        self.known_then(query, &mut where_);
        // Each end by itself: an index leads to it.
        let mut end = |order: &str| -> Result<Option<Day>, LedgerError> {
            let sql = format!(
                "select d.day from indicator_delta d{} order by d.day {order} limit 1",
                where_.to_sql()
            );
            let row = self.connection.query_opt(&sql, &where_.params)?;
            let day = row.map(|row| row.int("day")).transpose()?;
            Ok(day.and_then(|day| i32::try_from(day).ok()).map(Day))
        };
        Ok(end("asc")?.zip(end("desc")?))
    }
}
