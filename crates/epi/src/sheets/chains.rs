//! Sheets of chains: a line list and pairs in, one row a case or a cluster out.

use super::Told;
use crate::chains::{Case, Chains, chains};
use crate::{Result, Table};

/// What to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainView {
    /// One row a case: cluster, generation, infector, serial interval.
    Cases,
    /// One row a cluster: size, generations, first and last onset.
    Clusters,
}

/// Chains from a line list `case_id`, perhaps `onset`, and pairs `infector,infectee`.
///
/// # Errors
/// What is wrong with a sheet; rings.
pub fn chains_sheet(list: &Table, pairs: &Table, view: ChainView) -> Result<Told<Table>> {
    list.require("case_id")?;
    pairs.require("infector")?;
    pairs.require("infectee")?;
    let mut cases = Vec::new();
    for row in 0..list.len() {
        cases.push(Case {
            id: list.text(row, "case_id").unwrap_or_default().to_owned(),
            onset: list.day(row, "onset")?,
        });
    }
    let named = |row| {
        Some((
            pairs.text(row, "infector")?.to_owned(),
            pairs.text(row, "infectee")?.to_owned(),
        ))
    };
    let named: Vec<(String, String)> = (0..pairs.len()).filter_map(named).collect();
    let found = chains(&cases, &named)?;
    let mut warnings = found.warnings.clone();
    warnings.extend(list.unknown_columns(&["case_id", "onset"]));
    warnings.extend(pairs.unknown_columns(&["infector", "infectee"]));
    Ok(Told {
        value: match view {
            ChainView::Cases => by_case(&cases, &found),
            ChainView::Clusters => by_cluster(&cases, &found),
        },
        warnings,
    })
}

fn by_case(cases: &[Case], found: &Chains) -> Table {
    let mut out = Table::new([
        "case_id",
        "cluster",
        "generation",
        "infector",
        "infected",
        "serial_interval_days",
    ]);
    for link in &found.links {
        out.push(vec![
            cases[link.case].id.clone(),
            link.cluster.to_string(),
            link.generation.to_string(),
            link.infector
                .map_or_else(|| "NA".to_owned(), |from| cases[from].id.clone()),
            link.infected.to_string(),
            link.serial_interval_days
                .map_or_else(|| "NA".to_owned(), |days| days.to_string()),
        ]);
    }
    out
}

fn by_cluster(cases: &[Case], found: &Chains) -> Table {
    let mut out = Table::new([
        "cluster",
        "first_case",
        "size",
        "generations",
        "first_onset",
        "last_onset",
    ]);
    for cluster in &found.clusters {
        let (first, last) = match cluster.onsets {
            Some((first, last)) => (first.to_string(), last.to_string()),
            None => ("NA".to_owned(), "NA".to_owned()),
        };
        out.push(vec![
            cluster.number.to_string(),
            cases[cluster.first].id.clone(),
            cluster.size.to_string(),
            cluster.generations.to_string(),
            first,
            last,
        ]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_list_and_pairs_become_clusters() {
        let list = Table::parse("case_id,onset\nA,2020-02-01\nB,2020-02-05\nC,NA\n").expect("a table");
        let pairs = Table::parse("infector,infectee\nA,B\n").expect("a table");
        let told = chains_sheet(&list, &pairs, ChainView::Clusters).expect("chains");
        assert_eq!(
            told.value.to_csv(),
            "cluster,first_case,size,generations,first_onset,last_onset\n1,A,2,1,2020-02-01,2020-02-05\n2,C,1,0,NA,NA\n"
        );
        assert!(chains_sheet(&pairs, &list, ChainView::Cases).is_err());
    }
}
