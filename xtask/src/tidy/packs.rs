//! A pack explains itself and proves itself: a README, scenarios, and rows that exist.

use super::Finding;
use crate::coverage::rows::{Row, carried};
use crate::sources::Tree;
use lianfang_scenarios::Scenario;
use std::collections::{BTreeMap, BTreeSet};

/// Checks every folder under `packs/`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let packs: BTreeSet<&str> = tree
        .under("packs/", "")
        .filter_map(|(path, _)| path.split('/').nth(1))
        .collect();
    let (mut carried_rows, mut shown_rows) = (BTreeMap::new(), BTreeSet::new());
    let mut ids: BTreeMap<String, &str> = BTreeMap::new();
    for pack in packs {
        let folder = format!("packs/{pack}/");
        for file in ["pack.toml", "README.md"] {
            if tree.get(&format!("{folder}{file}")).is_none() {
                found.push(Finding::at(&folder, 0, format!("{file} is missing")));
            }
        }
        let mut scenarios = 0;
        for (path, text) in tree.under(&folder, ".toml") {
            if path.contains("/scenarios/") {
                scenarios += 1;
                found.extend(scenario(path, text, &mut ids, &mut shown_rows));
            } else {
                match carried(text) {
                    Ok(rows) => carried_rows.extend(rows.into_iter().map(|row| (row, path))),
                    Err(error) => found.push(Finding::at(path, 0, error)),
                }
            }
        }
        if scenarios == 0 {
            found.push(Finding::at(
                &folder,
                0,
                "there is no scenario: nothing shows that the pack works",
            ));
        }
    }
    for (row, path) in &carried_rows {
        if row.is_requirement() && !shown_rows.contains(row) {
            found.push(Finding::at(path, 0, format!("meets {row}, but no scenario does")));
        }
    }
    for row in shown_rows
        .iter()
        .filter(|row| row.is_requirement() && !carried_rows.contains_key(row))
    {
        found.push(Finding::at(
            "packs/",
            0,
            format!("a scenario meets {row}, but no item of a pack does"),
        ));
    }
    found
}

fn scenario<'a>(
    path: &'a str,
    text: &str,
    ids: &mut BTreeMap<String, &'a str>,
    shown: &mut BTreeSet<Row>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let scenario = match Scenario::parse(text) {
        Ok(scenario) => scenario,
        Err(error) => return vec![Finding::at(path, 0, error.to_string())],
    };
    if path.rsplit('/').next() != Some(format!("{}.toml", scenario.id).as_str()) {
        found.push(Finding::at(
            path,
            0,
            format!("the file of this id is called {}.toml", scenario.id),
        ));
    }
    if let Some(other) = ids.insert(scenario.id.clone(), path) {
        found.push(Finding::at(path, 0, format!("{other} has the same id")));
    }
    for row in &scenario.meets {
        match row.parse::<Row>() {
            Ok(row) => drop(shown.insert(row)),
            Err(error) => found.push(Finding::at(path, 0, error)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = "id = 'a'\ntitle = { zh = '甲', en = 'A' }\nmeets = ['S1']\nclock = '2022-01-20T08:00:00+08:00'\ncity = '3717'\n[[step]]\nadvance = 'PT1H'\n";

    fn found(item: &str, scenario: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("packs/a/pack.toml", ""),
            ("packs/a/README.md", ""),
            ("packs/a/items.toml", item),
            ("packs/a/scenarios/a.toml", scenario),
        ]);
        check(&tree).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn rows_are_carried_by_an_item_and_shown_by_a_scenario() {
        assert!(found("[guard.a]\nmeets = ['S1']\n", SCENARIO).is_empty());
        assert_eq!(found("", SCENARIO), ["a scenario meets S1, but no item of a pack does"]);
        assert_eq!(
            found("[guard.a]\nmeets = ['S1', 'S2']\n", SCENARIO),
            ["meets S2, but no scenario does"]
        );
        assert!(
            found("[guard.a]\nmeets = ['S248']\n", SCENARIO)
                .iter()
                .any(|message| message.contains("`S248` is no row"))
        );
        assert_eq!(
            found("[guard.a]\nmeets = ['S1', 'D12']\n", SCENARIO).len(),
            0,
            "a right is held by a test of any kind"
        );
    }

    #[test]
    fn a_pack_has_a_readme_and_a_scenario() {
        assert_eq!(check(&Tree::of(&[("packs/a/pack.toml", "")])).len(), 2);
    }

    #[test]
    fn a_scenario_is_called_by_its_id() {
        let other = SCENARIO.replace("'a'", "'b'");
        assert_eq!(found("[guard.a]\nmeets = ['S1']\n", &other).len(), 1);
    }
}
