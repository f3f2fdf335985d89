//! Takes the items of a row out of the packs. A scenario that still passes then does not show that the row is met.
//!
//! What referred to them goes with them, so that the packs still load and the scenario is what notices.

use super::rows::Row;
use anyhow::{Context, Result};
use lianfang_policy::{Finding, Source, load};
use std::fs;
use std::ops::Range;
use std::path::Path;
use toml_edit::{Document, DocumentMut, Item, TableLike, Value};

/// Rounds of taking out what refers to something that is gone.
const ROUNDS: usize = 64;

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

/// Takes out of a copy what no longer loads, until it loads; gives how many places that were, or nothing when the copy
/// cannot be mended so.
///
/// # Errors
/// A file cannot be read or written.
pub fn mend(packs: &Path) -> Result<Option<usize>> {
    let mut sources = read_sources(packs)?;
    for round in 0..ROUNDS {
        let findings = match load(&sources, &[]) {
            Ok(_) => {
                for source in &sources {
                    fs::write(&source.path, &source.text).with_context(|| format!("cannot write {}", source.path))?;
                }
                return Ok(Some(round));
            }
            Err(findings) => findings,
        };
        let mended = findings.first().is_some_and(|finding| {
            let source = sources.iter_mut().find(|source| source.path == finding.file);
            source.is_some_and(|source| take_out(source, finding).unwrap_or(false))
        });
        if !mended {
            return Ok(None);
        }
    }
    Ok(None)
}

fn read_sources(packs: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for pack in fs::read_dir(packs)? {
        for file in fs::read_dir(pack?.path())? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                sources.push(Source {
                    text: fs::read_to_string(&path)?,
                    path: path.to_string_lossy().into_owned(),
                });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Takes the element of a list, or the item, in which the finding lies out of its file.
fn take_out(source: &mut Source, finding: &Finding) -> Result<bool> {
    let Some(at) = offset(&source.text, finding) else {
        return Ok(false);
    };
    let parsed = Document::parse(source.text.as_str())?;
    let path = path_to(parsed.as_table(), at);
    let end = path.iter().rposition(|step| matches!(step, Step::Element(_)));
    let path = match end {
        Some(end) => &path[..=end],
        None if path.len() >= 2 => &path[..2],
        None => return Ok(false),
    };
    let mut document: DocumentMut = source.text.parse()?;
    let is_out = remove(document.as_item_mut(), path);
    source.text = document.to_string();
    Ok(is_out)
}

/// Where a finding lies in its text, in bytes.
fn offset(text: &str, finding: &Finding) -> Option<usize> {
    let line = usize::try_from(finding.line).ok()?.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let column = usize::try_from(finding.column).ok()?.saturating_sub(1);
    Some(start + text[start..].chars().take(column).map(char::len_utf8).sum::<usize>())
}

/// A step from a document down to a place in it.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Element(usize),
}

fn path_to(table: &dyn TableLike, at: usize) -> Vec<Step> {
    let holds = |span: Option<Range<usize>>| span.is_some_and(|span| span.contains(&at));
    for (key, item) in table.iter() {
        let own = table.key(key).and_then(toml_edit::Key::span);
        let below = within(item, at);
        if below.is_some() || holds(own) || holds(item.span()) {
            let step = Step::Key(key.to_owned());
            return std::iter::once(step).chain(below.unwrap_or_default()).collect();
        }
    }
    Vec::new()
}

/// The steps below an item that holds the place; nothing when it does not.
fn within(item: &Item, at: usize) -> Option<Vec<Step>> {
    let is_inside = item.span().is_some_and(|span| span.contains(&at));
    if let Some(tables) = item.as_array_of_tables() {
        return tables.iter().enumerate().find_map(|(index, table)| {
            let below = path_to(table, at);
            let is_here = !below.is_empty() || table.span().is_some_and(|span| span.contains(&at));
            is_here.then(|| std::iter::once(Step::Element(index)).chain(below).collect())
        });
    }
    if let Some(array) = item.as_array() {
        return is_inside.then(|| within_array(array, at));
    }
    let table = item.as_table_like()?;
    let below = path_to(table, at);
    (is_inside || !below.is_empty()).then_some(below)
}

fn within_array(array: &toml_edit::Array, at: usize) -> Vec<Step> {
    let holds = |value: &Value| value.span().is_some_and(|span| span.contains(&at));
    let Some((index, value)) = array.iter().enumerate().find(|(_, value)| holds(value)) else {
        return Vec::new();
    };
    let below = match value {
        Value::InlineTable(table) => path_to(table, at),
        Value::Array(inner) => within_array(inner, at),
        _ => Vec::new(),
    };
    std::iter::once(Step::Element(index)).chain(below).collect()
}

fn remove(item: &mut Item, path: &[Step]) -> bool {
    let (Some(first), rest) = (path.first(), path.get(1..).unwrap_or_default()) else {
        return false;
    };
    match (first, rest.is_empty()) {
        (Step::Key(key), true) => item
            .as_table_like_mut()
            .is_some_and(|table| table.remove(key).is_some()),
        (Step::Key(key), false) => item
            .as_table_like_mut()
            .and_then(|table| table.get_mut(key))
            .is_some_and(|inner| remove(inner, rest)),
        (Step::Element(index), _) => remove_element(item, *index, rest),
    }
}

fn remove_element(item: &mut Item, index: usize, rest: &[Step]) -> bool {
    if let Some(tables) = item.as_array_of_tables_mut() {
        if rest.is_empty() {
            tables.remove(index);
            return true;
        }
        let Some(table) = tables.get_mut(index) else {
            return false;
        };
        let mut inner = Item::Table(std::mem::take(table));
        let is_out = remove(&mut inner, rest);
        if let Item::Table(changed) = inner {
            *table = changed;
        }
        return is_out;
    }
    let Some(array) = item.as_array_mut() else { return false };
    if rest.is_empty() {
        array.remove(index);
        return true;
    }
    let Some(value) = array.get_mut(index) else {
        return false;
    };
    let mut inner = Item::Value(value.clone());
    let is_out = remove(&mut inner, rest);
    if let Item::Value(changed) = inner {
        *value = changed;
    }
    is_out
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
    fn what_a_finding_lies_in_is_taken_out() {
        let text = "[role]\na = { write = ['x', 'gone'] }\n[[protocol.p]]\ntask = [{ id = 't', expects = 'gone' }, { id = 'u' }]\n\
                    [indicator.i]\nof = 'gone'\n";
        let check = |line: u32, column: u32, left: &str| {
            let mut source = Source {
                path: "p".into(),
                text: text.into(),
            };
            let finding = Finding {
                file: "p".into(),
                line,
                column,
                what: lianfang_kernel::Words::same("x"),
                hint: lianfang_kernel::Words::same("x"),
                severity: lianfang_policy::FindingSeverity::Error,
            };
            assert!(take_out(&mut source, &finding).unwrap(), "{line}:{column}");
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeeze(&source.text), squeeze(left));
        };
        check(2, 22, &text.replace(", 'gone'] }", "] }"));
        check(4, 24, &text.replace("{ id = 't', expects = 'gone' }, ", ""));
        check(6, 7, &text.replace("[indicator.i]\nof = 'gone'\n", ""));
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
