//! What is different between two sets of packs, and which protocols that touches.
//!
//! Both are read from [`Items`]: what the sources say, key by key. Nothing is run.

use crate::load::{Item, ItemKey, Items};
use lianfang_kernel::{Day, Words};
use std::collections::{BTreeMap, BTreeSet};

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl Fate {
    /// Stable name.
    pub fn id(self) -> &'static str {
        match self {
            Fate::Added => "added",
            Fate::Removed => "removed",
            Fate::Changed => "changed",
        }
    }
}

/// A value that is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its path in the item: `task.pcr-1.days`.
    pub path: String,
    /// What it was; none when it is new.
    pub old: Option<String>,
    /// What it is; none when it is gone.
    pub new: Option<String>,
}

/// An item that is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub key: ItemKey,
    /// What became of it.
    pub fate: Fate,
    /// Its pack.
    pub pack: String,
    /// Where it stands: in the new sources, or in the old ones when it is gone.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Of a changed item what is different in it; of a further version of a protocol what is different from the one before.
    pub parts: Vec<Part>,
    /// Why it breaks what was written before; empty when it does not.
    pub breaking: Vec<Words>,
}

/// Compares two sets of sources. Versions of protocols that are in force on `today` may not be edited.
pub fn compare(old: &Items, new: &Items, today: Option<Day>) -> Vec<Difference> {
    let keys: BTreeSet<&ItemKey> = old.keys().chain(new.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let (fate, item) = match (old.get(key), new.get(key)) {
            (None, Some(new)) => (Fate::Added, new),
            (Some(old), None) => (Fate::Removed, old),
            (Some(old), Some(new)) if old.values != new.values => (Fate::Changed, new),
            _ => continue,
        };
        let parts = match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => parts(&old.values, &new.values),
            (None, Some(_)) if key.table == "protocol" => against_the_one_before(key, new),
            _ => Vec::new(),
        };
        found.push(Difference {
            key: key.clone(),
            fate,
            pack: item.pack.clone(),
            file: item.file.clone(),
            line: item.line,
            breaking: breaking(key, (old.get(key), new.get(key)), &parts, today),
            parts,
        });
    }
    found
}

/// What a further version of a protocol says otherwise than the one before it, whatever both take over from others.
fn against_the_one_before(key: &ItemKey, items: &Items) -> Vec<Part> {
    let before = items
        .keys()
        .filter(|other| other.table == key.table && other.id == key.id && other.version < key.version);
    let Some(before) = before.max() else { return Vec::new() };
    let mut found = parts(&written_out(before, items), &written_out(key, items));
    found.retain(|part| !["version", "like", "in_force.to"].contains(&part.path.as_str()));
    found
}

/// The values of a version with those of the ones that it is like; each is like one with another number, written before it.
fn written_out(key: &ItemKey, items: &Items) -> BTreeMap<String, String> {
    const OWN: [&str; 6] = ["version", "like", "in_force", "transition", "clause", "meets"];
    let top = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
    let mut values = items.get(key).map(|item| item.values.clone()).unwrap_or_default();
    let (mut here, mut seen) = (key.clone(), BTreeSet::from([key.version]));
    while let Some(item) = items.get(&here) {
        let Some(like) = item.values.get("like").and_then(|text| text.parse().ok()) else {
            break;
        };
        if !seen.insert(like) {
            break;
        }
        here.version = like;
        let own: BTreeSet<String> = values.keys().map(|path| top(path)).collect();
        let taken = items.get(&here).into_iter().flat_map(|base| &base.values);
        let taken = taken.filter(|(path, _)| !own.contains(&top(path)) && !OWN.contains(&top(path).as_str()));
        let taken: Vec<_> = taken.map(|(path, value)| (path.clone(), value.clone())).collect();
        values.extend(taken);
    }
    values
}

fn parts(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<Part> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let part = |path: &String| Part {
        path: path.clone(),
        old: old.get(path).cloned(),
        new: new.get(path).cloned(),
    };
    paths
        .into_iter()
        .map(part)
        .filter(|part| part.old != part.new)
        .collect()
}

fn breaking(
    key: &ItemKey,
    (old, new): (Option<&Item>, Option<&Item>),
    parts: &[Part],
    today: Option<Day>,
) -> Vec<Words> {
    let mut found = Vec::new();
    let Some(old) = old else { return found };
    if old.is_floor() {
        found.push(Words::new("更改了底线（floor）", "a floor is changed"));
    }
    if new.is_none() && matches!(key.table, "register" | "list" | "type" | "setting" | "account" | "role") {
        found.push(Words::new("已有条目或账号引用它", "entries or accounts may name it"));
    }
    match key.table {
        "protocol" if is_in_force(old, today) && !only_words(parts, new) => found.push(Words::new(
            "改动了有效的版本：请写更高的 version",
            "a version in force is edited: write a higher version",
        )),
        "register" => found.extend(parts.iter().filter_map(|part| field(part, old, new))),
        "list" => found.extend(
            parts
                .iter()
                .filter(|part| part.new.is_none() && part.path.ends_with(".id"))
                .map(|part| gone("代码", "code", part)),
        ),
        "setting" => found.extend(
            parts
                .iter()
                .filter(|part| part.path == "kind")
                .map(|part| retyped("设置", "the setting", part)),
        ),
        _ => {}
    }
    found
}

/// What a part of a register breaks.
fn field(part: &Part, old: &Item, new: Option<&Item>) -> Option<Words> {
    let path = part.path.strip_prefix("field.")?;
    let (name, key) = path.rsplit_once('.')?;
    match (key, &part.old, &part.new) {
        ("id", Some(_), None) => Some(gone("字段", "field", part)),
        ("kind" | "list" | "scale" | "of", old, new) if old.is_some() && new.is_some() => {
            Some(retyped(&format!("字段 {name}"), &format!("field {name}"), part))
        }
        ("required", _, Some(value)) if value != "false" && new.is_some() => {
            let known = old.values.contains_key(&format!("field.{name}.id"));
            known.then(|| {
                Words::new(
                    format!("字段 {name} 改为必填，先前的条目没有它"),
                    format!("field {name} is now required, which entries before do not have"),
                )
            })
        }
        _ => None,
    }
}

fn gone(zh: &str, en: &str, part: &Part) -> Words {
    let id = part.old.clone().unwrap_or_default();
    Words::new(
        format!("{zh} {id} 已删除，先前的条目仍引用它"),
        format!("{en} {id} is gone, and entries name it"),
    )
}

fn retyped(zh: &str, en: &str, part: &Part) -> Words {
    let (old, new) = (
        part.old.clone().unwrap_or_default(),
        part.new.clone().unwrap_or_default(),
    );
    Words::new(
        format!("{zh} 的类型由 {old} 改为 {new}，没有对应关系"),
        format!("{en} changes from {old} to {new} without a map"),
    )
}

/// Whether the dates of a version cover a day, or could cover any when no day is asked about.
fn is_in_force(item: &Item, today: Option<Day>) -> bool {
    let Some(today) = today else { return true };
    let day = |path: &str| item.values.get(path).and_then(|text| Day::parse(text).ok());
    day("in_force.from").is_none_or(|from| from <= today)
}

/// Whether nothing is different but what people read, or where it ends.
fn only_words(parts: &[Part], new: Option<&Item>) -> bool {
    let plain = |path: &str| {
        ["title", "help", "clause", "source", "meets", "in_force.to"]
            .iter()
            .any(|key| path == *key || path.contains(&format!("{key}.")) || path.ends_with(&format!(".{key}")))
    };
    new.is_some() && parts.iter().all(|part| plain(&part.path))
}

/// The protocols that a difference touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Those that may ask or decide something else than before.
    pub protocols: BTreeSet<String>,
    /// Those and what starts them: whoever is enrolled in one of these may be touched.
    pub above: BTreeSet<String>,
    /// Those to be planned to know it: the former, and what all of them read or start.
    pub planned: BTreeSet<String>,
    /// Nothing is different but versions that begin on this day or later.
    pub begins_on: Option<Day>,
}

/// Follows differences to the protocols that they reach: directly, or by the rules, settings and lists that their
/// conditions name. Names in quotes count wherever they stand, so that nothing is missed.
pub fn touched(old: &Items, new: &Items, differences: &[Difference]) -> Touched {
    let mut changed: BTreeSet<&str> = differences.iter().map(|one| one.key.id.as_str()).collect();
    let mut protocols: BTreeSet<String> = differences
        .iter()
        .filter(|one| one.key.table == "protocol")
        .map(|one| one.key.id.clone())
        .collect();
    let all = || old.iter().chain(new);
    loop {
        let before = changed.len();
        let inner: Vec<&str> = all()
            .filter(|(key, _)| matches!(key.table, "rule" | "setting" | "guard"))
            .filter(|(_, item)| changed.iter().any(|id| item.names(id)))
            .map(|(key, _)| key.id.as_str())
            .collect();
        changed.extend(inner);
        if changed.len() == before {
            break;
        }
    }
    let outer: BTreeSet<&str> = changed.iter().copied().filter(|id| !protocols.contains(*id)).collect();
    let reached = all()
        .filter(|(key, _)| key.table == "protocol")
        .filter(|(_, item)| outer.iter().any(|id| item.names(id)))
        .map(|(key, _)| key.id.clone());
    protocols.extend(reached);
    let (above, planned) = closure(old, new, &protocols);
    let begins = |one: &Difference| match (one.fate, one.key.table) {
        (Fate::Added, "protocol") => Day::parse(new.get(&one.key)?.values.get("in_force.from")?).ok(),
        _ => None,
    };
    let begins_on: Option<Vec<Day>> = differences.iter().map(begins).collect();
    Touched {
        protocols,
        above,
        planned,
        begins_on: begins_on.and_then(|days| days.into_iter().min()),
    }
}

/// The protocols with what starts them; and those with what all of them read or start.
fn closure(old: &Items, new: &Items, protocols: &BTreeSet<String>) -> (BTreeSet<String>, BTreeSet<String>) {
    let all: Vec<(&ItemKey, &Item)> = old
        .iter()
        .chain(new)
        .filter(|(key, _)| key.table == "protocol")
        .collect();
    let ids: BTreeSet<&str> = all.iter().map(|(key, _)| key.id.as_str()).collect();
    let mut planned = protocols.clone();
    let grow = |planned: &mut BTreeSet<String>, more: BTreeSet<String>| {
        let before = planned.len();
        planned.extend(more);
        planned.len() > before
    };
    loop {
        let above = all.iter().filter(|(_, item)| planned.iter().any(|id| starts(item, id)));
        let above = above.map(|(key, _)| key.id.clone()).collect();
        if !grow(&mut planned, above) {
            break;
        }
    }
    let above = planned.clone();
    loop {
        let inside = all.iter().filter(|(key, _)| planned.contains(&key.id));
        let below = inside
            .flat_map(|(_, item)| ids.iter().filter(|id| item.names(id)).map(|id| (*id).to_owned()))
            .collect();
        if !grow(&mut planned, below) {
            return (above, planned);
        }
    }
}

fn starts(item: &Item, id: &str) -> bool {
    item.values
        .iter()
        .any(|(path, value)| path.ends_with(".start") && value == id)
}
