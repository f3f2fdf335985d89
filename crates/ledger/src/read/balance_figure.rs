//! What stands in accounts, as a figure: sums of lines up to a moment. Items of different units are never added up.

use super::{Conditions, Figure, FigureQuery, FigureRow, Reader};
use crate::LedgerError;
use lianfang_db::dialect;
use lianfang_kernel::RegionId;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Items whose types are asked for at once.
const CHUNK: usize = 500;

/// The sum of one group of lines.
struct Sum {
    region: RegionId,
    sector: String,
    ids: BTreeMap<&'static str, Uuid>,
    item: Uuid,
    amount: i64,
}

impl Reader<'_> {
    pub(super) fn fill_balance(
        &mut self,
        figure: &mut Figure,
        (accounts, items, negated): (&[String], Option<&str>, bool),
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let mut sums = self.sums(accounts, region, query)?;
        let types = self.item_types(&sums)?;
        let model = self.snapshot.model.clone();
        let kind = |item: &Uuid| types.get(item).map(String::as_str);
        if let Some(items) = items {
            sums.retain(|sum| kind(&sum.item).is_some_and(|kind| model.is_a(kind, items)));
        }
        if negated {
            for sum in &mut sums {
                sum.amount = -sum.amount;
            }
        }
        // An item whose type names no unit is of a kind of its own.
        let unit = |sum: &Sum| {
            let unit = kind(&sum.item).and_then(|kind| model.types.get(kind)?.unit.clone());
            unit.unwrap_or_else(|| sum.item.to_string())
        };
        let total = |sums: &[&Sum]| {
            let units: BTreeSet<String> = sums.iter().filter(|sum| sum.amount != 0).map(|sum| unit(sum)).collect();
            let all = || sums.iter().fold(0_i64, |all, sum| all.saturating_add(sum.amount));
            (units.len() <= 1).then(all)
        };
        figure.value = total(&sums.iter().collect::<Vec<_>>());
        figure.mixed = figure.value.is_none();
        if query.by.is_empty() {
            return Ok(());
        }
        let mut parts: BTreeMap<BTreeMap<String, String>, Vec<&Sum>> = BTreeMap::new();
        for sum in &sums {
            let part = |by: &String| {
                let value = match by.as_str() {
                    "region" => self.part_region(region, &sum.region, query).to_string(),
                    "sector" => sum.sector.clone(),
                    id => sum
                        .ids
                        .get(id)
                        .filter(|id| !id.is_nil())
                        .map(Uuid::to_string)
                        .unwrap_or_default(),
                };
                (by.clone(), value)
            };
            parts.entry(query.by.iter().map(part).collect()).or_default().push(sum);
        }
        figure.rows = parts
            .into_iter()
            .map(|(key, sums)| FigureRow {
                key,
                value: total(&sums),
                numerator: None,
                denominator: None,
                approx: None,
            })
            .collect();
        Ok(())
    }

    fn sums(&mut self, accounts: &[String], region: &RegionId, query: &FigureQuery) -> Result<Vec<Sum>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.within("p.account", accounts.iter().map(|id| id.as_str().into()).collect());
        where_.inside("p.path", &self.snapshot.regions, region);
        if !query.sectors.is_empty() {
            where_.within("p.sector", query.sectors.iter().map(|id| id.as_str().into()).collect());
        }
        if let Some(as_of) = query.as_of {
            where_.and("p.recorded_at <= ?", [as_of.0.into()]);
        }
        let ids: Vec<&'static str> = ["lot", "holder"]
            .into_iter()
            .filter(|id| query.by.iter().any(|by| by == id))
            .collect();
        let columns: String = ids.iter().map(|id| format!(", p.{id}")).collect();
        let sql = format!(
            "select p.region, p.sector, p.item{columns}, cast(sum(p.amount) as bigint) as n from posting_line p{} \
             group by p.region, p.sector, p.item{columns}",
            where_.to_sql()
        );
        let mut sums = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let item = row.uuid("item")?;
            let mut named = BTreeMap::from([("item", item)]);
            for id in &ids {
                named.insert(*id, row.uuid(*id)?);
            }
            sums.push(Sum {
                region: RegionId::new(row.text("region")?),
                sector: row.text("sector")?.to_owned(),
                ids: named,
                item,
                amount: row.int("n")?,
            });
        }
        Ok(sums)
    }

    fn item_types(&mut self, sums: &[Sum]) -> Result<BTreeMap<Uuid, String>, LedgerError> {
        let items: BTreeSet<Uuid> = sums.iter().map(|sum| sum.item).filter(|item| !item.is_nil()).collect();
        let items: Vec<Uuid> = items.into_iter().collect();
        let mut types = BTreeMap::new();
        for chunk in items.chunks(CHUNK) {
            let sql = format!(
                "select id, kind_type from subject where id in {}",
                dialect::list(chunk.len(), 1)
            );
            let params: Vec<lianfang_db::Value> = chunk.iter().map(|id| (*id).into()).collect();
            for row in self.connection.query(&sql, &params)? {
                types.insert(row.uuid("id")?, row.text("kind_type")?.to_owned());
            }
        }
        Ok(types)
    }
}
