//! Takes the items of a row out of the packs. A scenario that still passes then does not show that the row is met.

use super::rows::Row;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use toml_edit::{DocumentMut, Item, Value};

/// Copies the packs to `out` without the items that carry `row`, and tells how many those were.
///
/// # Errors
/// A file cannot be read or written.
pub fn copy_without(row: Row, packs: &Path, out: &Path) -> Result<usize> {
    let mut removed = 0;
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    for entry in fs::read_dir(packs).with_context(|| format!("cannot read {}", packs.display()))? {
        let entry = entry?;
        let (from, to) = (entry.path(), out.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            // Scenarios are played from where they are.
            if entry.file_name() != "scenarios" {
                removed += copy_without(row, &from, &to)?;
            }
        } else if from.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&from).with_context(|| format!("cannot read {}", from.display()))?;
            let (text, count) = without(row, &text).with_context(|| from.display().to_string())?;
            fs::write(&to, text)?;
            removed += count;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(removed)
}

/// The text without the items that carry `row`, and how many those were.
fn without(row: Row, text: &str) -> Result<(String, usize)> {
    let mut document: DocumentMut = text.parse()?;
    let count = prune(document.as_item_mut(), &row.to_string());
    Ok((document.to_string(), count))
}

fn prune(item: &mut Item, row: &str) -> usize {
    let mut count = 0;
    if let Some(tables) = item.as_array_of_tables_mut() {
        let before = tables.len();
        tables.retain(|table| !carries(table.get("meets"), row));
        count += before - tables.len();
        for table in tables.iter_mut() {
            for (_, inner) in table.iter_mut() {
                count += prune(inner, row);
            }
        }
    } else if let Some(items) = item.as_array_mut() {
        let before = items.len();
        items.retain(|item| {
            !item
                .as_inline_table()
                .is_some_and(|table| carries_value(table.get("meets"), row))
        });
        count += before - items.len();
    } else if let Some(table) = item.as_table_like_mut() {
        let carrying = |inner: &Item| {
            inner
                .as_table_like()
                .is_some_and(|table| carries(table.get("meets"), row))
        };
        let doomed: Vec<String> = table
            .iter()
            .filter(|(_, inner)| carrying(inner))
            .map(|(key, _)| key.to_owned())
            .collect();
        for key in &doomed {
            table.remove(key);
        }
        count += doomed.len();
        for (_, inner) in table.iter_mut() {
            count += prune(inner, row);
        }
    }
    count
}

fn carries(meets: Option<&Item>, row: &str) -> bool {
    carries_value(meets.and_then(Item::as_value), row)
}

fn carries_value(meets: Option<&Value>, row: &str) -> bool {
    let named = meets.and_then(Value::as_array);
    named.is_some_and(|rows| rows.iter().any(|one| one.as_str() == Some(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, count: usize, left: &str) {
        let (out, removed) = without(Row::Requirement(1), text).unwrap();
        assert_eq!(removed, count);
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeeze(&out), squeeze(left));
    }

    #[test]
    fn tables_editions_lines_and_rows_are_removed() {
        check(
            "[guard.a]\nmeets = ['S1']\n[guard.b]\nmeets = ['S2']\n",
            1,
            "[guard.b]\nmeets = ['S2']\n",
        );
        check(
            "[[protocol.a]]\nn = 1\nmeets = ['S1']\n[[protocol.a]]\nn = 2\n",
            1,
            "[[protocol.a]]\nn = 2\n",
        );
        check(
            "[indicator]\na = { meets = ['S1', 'S2'] }\nb = { n = 1 }\n",
            1,
            "[indicator]\nb = { n = 1 }\n",
        );
        check(
            "[rule.a]\nrow = [{ n = 1, meets = ['S1'] }, { n = 2 }]\n",
            1,
            "[rule.a]\nrow = [{ n = 2 }]\n",
        );
        check("[rule.a]\nmeets = ['S12']\n", 0, "[rule.a]\nmeets = ['S12']\n");
    }

    #[test]
    fn scenarios_are_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("a/scenarios")).unwrap();
        fs::write(from.join("a/pack.toml"), "[guard.a]\nmeets = ['S1']\n").unwrap();
        fs::write(from.join("a/README.md"), "x").unwrap();
        fs::write(from.join("a/scenarios/a.toml"), "not toml").unwrap();
        assert_eq!(copy_without(Row::Requirement(1), &from, &to).unwrap(), 1);
        assert!(to.join("a/README.md").exists() && !to.join("a/scenarios").exists());
    }
}
