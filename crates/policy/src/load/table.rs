//! Reading a table: typed values by key, complaints for what is missing, of another form, or unknown.

use super::log::{At, Log};
use super::replaced;
use super::tree::{Entry, Spot, Value};
use crate::expr::check::known_hint;
use lianfang_kernel::{Day, Words};

/// Keys that every table may carry.
pub(super) const COMMON: [&str; 6] = ["title", "help", "meets", "clause", "source", "floor"];

/// A table of a pack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'d> {
    /// What it is, for later versions' keys: `guard`.
    kind: &'static str,
    entries: &'d [Entry],
    at: At,
}

impl<'d> Table<'d> {
    /// The table that `spot` holds; complains when it holds something else, and about keys that are not known.
    pub(super) fn read(log: &mut Log, spot: &'d Spot, kind: &'static str, keys: &[&str]) -> Option<Table<'d>> {
        let Value::Table(entries) = &spot.value else {
            log.error(
                spot.place(),
                (format!("{kind} 应为表"), format!("{kind} must be a table")),
                ("写作 { 键 = 值 }", "write { key = value }"),
            );
            return None;
        };
        for entry in entries {
            let known = keys.contains(&entry.key.as_str()) || COMMON.contains(&entry.key.as_str());
            if !known {
                unknown_key(log, entry, spot.file, kind, keys);
            }
        }
        Some(Table {
            kind,
            entries,
            at: spot.place(),
        })
    }

    /// A table that nobody wrote.
    pub(super) fn empty(kind: &'static str, at: At) -> Table<'d> {
        Table { kind, entries: &[], at }
    }

    pub(super) fn at(&self) -> At {
        self.at
    }

    pub(super) fn get(&self, key: &str) -> Option<&'d Spot> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.spot)
    }

    /// Where a key stands, or the table when it has none.
    pub(super) fn place(&self, key: &str) -> At {
        let entry = self.entries.iter().find(|entry| entry.key == key);
        entry.map_or(self.at, |entry| At {
            file: entry.spot.file,
            offset: entry.at,
        })
    }

    pub(super) fn required(&self, log: &mut Log, key: &str) -> Option<&'d Spot> {
        let found = self.get(key);
        if found.is_none() {
            let kind = self.kind;
            log.error(
                self.at,
                (format!("{kind} 缺少 {key}"), format!("{kind} lacks {key}")),
                (format!("请加上 {key} = …"), format!("add {key} = …")),
            );
        }
        found
    }

    pub(super) fn text(&self, log: &mut Log, key: &str) -> Option<&'d str> {
        text(log, self.get(key)?, key)
    }

    pub(super) fn required_text(&self, log: &mut Log, key: &str) -> Option<&'d str> {
        let spot = self.required(log, key)?;
        text(log, spot, key)
    }

    pub(super) fn bool(&self, log: &mut Log, key: &str) -> Option<bool> {
        let spot = self.get(key)?;
        match spot.value {
            Value::Bool(value) => Some(value),
            _ => {
                wrong(log, spot, key, ("是非值", "true or false"));
                None
            }
        }
    }

    pub(super) fn flag(&self, log: &mut Log, key: &str) -> bool {
        self.bool(log, key).unwrap_or(false)
    }

    pub(super) fn int(&self, log: &mut Log, key: &str, from: i64, to: i64) -> Option<i64> {
        let spot = self.get(key)?;
        match spot.value {
            Value::Int(n) if (from..=to).contains(&n) => Some(n),
            Value::Int(_) => {
                log.error(
                    spot.place(),
                    (
                        format!("{key} 应在 {from} 与 {to} 之间"),
                        format!("{key} lies between {from} and {to}"),
                    ),
                    ("请改为范围内的数", "write a number in that range"),
                );
                None
            }
            _ => {
                wrong(log, spot, key, ("整数", "an integer"));
                None
            }
        }
    }

    pub(super) fn list(&self, log: &mut Log, key: &str) -> &'d [Spot] {
        let Some(spot) = self.get(key) else { return &[] };
        match &spot.value {
            Value::List(items) => items,
            _ => {
                wrong(log, spot, key, ("列表", "a list"));
                &[]
            }
        }
    }

    /// A list of texts; one text stands for a list of one.
    pub(super) fn texts(&self, log: &mut Log, key: &str) -> Vec<(&'d str, &'d Spot)> {
        match self.get(key) {
            Some(
                spot @ Spot {
                    value: Value::Text(text, _),
                    ..
                },
            ) => vec![(text.as_str(), spot)],
            _ => {
                let items = self.list(log, key);
                items
                    .iter()
                    .filter_map(|item| Some((text(log, item, key)?, item)))
                    .collect()
            }
        }
    }

    /// Keys and values of a table whose keys are names.
    pub(super) fn named(&self, log: &mut Log, key: &str) -> &'d [Entry] {
        let Some(spot) = self.get(key) else { return &[] };
        match &spot.value {
            Value::Table(entries) => entries,
            _ => {
                wrong(log, spot, key, ("表", "a table"));
                &[]
            }
        }
    }

    pub(super) fn day(&self, log: &mut Log, key: &str) -> Option<Day> {
        let spot = self.get(key)?;
        let (Value::Text(text, _) | Value::Date(text)) = &spot.value else {
            wrong(log, spot, key, ("日期", "a date"));
            return None;
        };
        let day = Day::parse(text).ok();
        if day.is_none() {
            wrong(log, spot, key, ("日期，如 2022-06-28", "a date such as 2022-06-28"));
        }
        day
    }

    pub(super) fn words(&self, log: &mut Log, key: &str) -> Option<Words> {
        words(log, self.get(key)?, key)
    }

    pub(super) fn required_words(&self, log: &mut Log, key: &str) -> Option<Words> {
        let spot = self.required(log, key)?;
        words(log, spot, key)
    }

    /// The title, or the id in both languages with a warning: people read it.
    pub(super) fn title(&self, log: &mut Log, id: &str) -> Words {
        if self.get("title").is_none() {
            let kind = self.kind;
            log.warning(
                self.at,
                (format!("{kind} {id} 没有 title"), format!("{kind} {id} has no title")),
                (
                    "加上 title = { zh = \"…\", en = \"…\" }",
                    "add title = { zh = \"…\", en = \"…\" }",
                ),
            );
            return Words::same(id);
        }
        self.words(log, "title").unwrap_or_else(|| Words::same(id))
    }

    /// The rows that the table meets, checked to exist.
    pub(super) fn meets(&self, log: &mut Log) -> Vec<String> {
        let mut found = Vec::new();
        for (id, spot) in self.texts(log, "meets") {
            if row_exists(id) {
                found.push(id.to_owned());
            } else {
                log.error(
                    spot.place(),
                    (format!("没有需求 {id}"), format!("there is no row {id}")),
                    ("可用 S1–S247 与 D1–D28", "rows are S1 to S247 and D1 to D28"),
                );
            }
        }
        found
    }

    /// A value out of a fixed choice.
    pub(super) fn choice<T: Copy>(&self, log: &mut Log, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let spot = self.get(key)?;
        let word = text(log, spot, key)?;
        if let Some((_, value)) = choices.iter().find(|(known, _)| *known == word) {
            return Some(*value);
        }
        let hint = known_hint(word, choices.iter().map(|(known, _)| *known));
        log.error(
            spot.place(),
            (
                format!("{key} 没有 {word} 这一项"),
                format!("{key} has no value {word}"),
            ),
            hint,
        );
        None
    }
}

fn unknown_key(log: &mut Log, entry: &Entry, file: usize, kind: &'static str, keys: &[&str]) {
    let at = At { file, offset: entry.at };
    let hint =
        replaced::hint(kind, &entry.key).unwrap_or_else(|| known_hint(&entry.key, keys.iter().copied().chain(COMMON)));
    let key = &entry.key;
    log.error(
        at,
        (format!("{kind} 没有键 {key}"), format!("{kind} has no key {key}")),
        hint,
    );
}

pub(super) fn wrong(log: &mut Log, spot: &Spot, key: &str, (zh, en): (&str, &str)) {
    log.error(
        spot.place(),
        (format!("{key} 应为{zh}"), format!("{key} must be {en}")),
        ("请改正", "write it so"),
    );
}

pub(super) fn text<'d>(log: &mut Log, spot: &'d Spot, key: &str) -> Option<&'d str> {
    match &spot.value {
        Value::Text(text, _) => Some(text),
        _ => {
            wrong(log, spot, key, ("文字", "text"));
            None
        }
    }
}

pub(super) fn words(log: &mut Log, spot: &Spot, key: &str) -> Option<Words> {
    let table = Table::read(log, spot, "words", &["zh", "en"])?;
    let (zh, en) = (table.required_text(log, "zh"), table.required_text(log, "en"));
    let (zh, en) = (zh?, en?);
    if zh.trim().is_empty() || en.trim().is_empty() {
        wrong(log, spot, key, ("两种语言的文字", "words in both languages"));
        return None;
    }
    Some(Words::new(zh, en))
}

fn row_exists(id: &str) -> bool {
    let number =
        |rest: &str, last: u16| !rest.starts_with('0') && rest.parse::<u16>().is_ok_and(|n| (1..=last).contains(&n));
    match id.split_at_checked(1) {
        Some(("S", rest)) => number(rest, 247),
        Some(("D", rest)) => number(rest, 28),
        _ => false,
    }
}
