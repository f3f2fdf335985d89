//! Both languages are complete: the same messages, with the same values in them.

use super::Finding;
use crate::sources::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// Compares `locales/zh-CN/*.ftl` with `locales/en/*.ftl`, in both directions.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.under("crates/", ".ftl") {
        let Some(other) = counterpart(path) else {
            found.push(Finding::at(path, 0, "locales are zh-CN and en"));
            continue;
        };
        let Some(other_text) = tree.get(&other) else {
            found.push(Finding::at(path, 0, format!("{other} is missing")));
            continue;
        };
        let (mine, theirs) = (messages(text), messages(other_text));
        for (id, message) in &mine {
            match theirs.get(id) {
                None => found.push(Finding::at(path, message.line, format!("`{id}` is missing in {other}"))),
                Some(their) if their.values != message.values => {
                    let values = their
                        .values
                        .symmetric_difference(&message.values)
                        .cloned()
                        .collect::<Vec<_>>();
                    let message_text = format!("`{id}`: only one language uses ${}", values.join(", $"));
                    found.push(Finding::at(path, message.line, message_text));
                }
                Some(_) => {}
            }
        }
    }
    found
}

fn counterpart(path: &str) -> Option<String> {
    match path.split_once("/locales/zh-CN/") {
        Some((before, after)) => Some(format!("{before}/locales/en/{after}")),
        None => path
            .split_once("/locales/en/")
            .map(|(before, after)| format!("{before}/locales/zh-CN/{after}")),
    }
}

struct Message {
    line: usize,
    values: BTreeSet<String>,
}

/// Messages by id; an attribute is `message.attribute`.
fn messages(text: &str) -> BTreeMap<String, Message> {
    let mut found: BTreeMap<String, Message> = BTreeMap::new();
    let (mut message, mut current) = (String::new(), String::new());
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let id = line
            .split_once('=')
            .map(|(id, _)| id.trim())
            .filter(|id| is_id(id.trim_start_matches(['-', '.'])));
        match id {
            Some(id) if !line.starts_with([' ', '\t']) => {
                id.clone_into(&mut message);
                current.clone_from(&message);
            }
            Some(id) if id.starts_with('.') => current = format!("{message}{id}"),
            _ => {}
        }
        let entry = found.entry(current.clone()).or_insert_with(|| Message {
            line: index + 1,
            values: BTreeSet::new(),
        });
        entry.values.extend(values(line));
    }
    found.remove("");
    found
}

fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || one == '-' || one == '_')
}

/// Names after `$` inside braces. A count that English needs for its plural may be one that Chinese does not show, so
/// the selector itself is no use of the value.
fn values(line: &str) -> impl Iterator<Item = String> + '_ {
    let uses = line.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    uses.filter(|inside| !inside.contains("->")).filter_map(|inside| {
        let name = inside.split('$').nth(1)?;
        let end = name
            .find(|one: char| !(one.is_ascii_alphanumeric() || one == '-' || one == '_'))
            .unwrap_or(name.len());
        Some(name[..end].to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(zh: &str, en: &str) -> usize {
        check(&Tree::of(&[
            ("crates/ui/locales/zh-CN/ui.ftl", zh),
            ("crates/ui/locales/en/ui.ftl", en),
        ]))
        .len()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let english = "due = { $n ->\n    [one] one task\n   *[other] { $n } tasks\n}\n";
        assert_eq!(found("due = { $n } 项\n", english), 0);
        assert_eq!(found("due = 若干项\n", english), 2, "told in both files");
        assert_eq!(found("a = 甲\n", "a = A\nb = B\n"), 1);
        assert_eq!(found("a = 甲\n    .title = 乙\n", "a = A\n"), 1);
        assert_eq!(found("# b = 乙\na = 甲\n", "a = A\n"), 0);
        assert_eq!(check(&Tree::of(&[("crates/ui/locales/en/ui.ftl", "")])).len(), 1);
    }
}
