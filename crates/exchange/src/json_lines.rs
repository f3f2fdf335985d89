//! JSON Lines: one object a line, its keys are the titles.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::misfit::problem;
use crate::sheet::{MAX_COLUMNS, RawRow, SheetError};

pub(crate) struct JsonLines<'a> {
    text: Cow<'a, str>,
    at: usize,
    line: u64,
    columns: HashMap<String, usize>,
}

impl<'a> JsonLines<'a> {
    /// Reads the keys of all lines first: a later line may have a key that the first one left out.
    pub(crate) fn open(text: Cow<'a, str>) -> Result<(JsonLines<'a>, Vec<Option<String>>), SheetError> {
        let mut titles: Vec<Option<String>> = Vec::new();
        let mut columns: HashMap<String, usize> = HashMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str::<Pairs<IgnoredAny>>(line) {
                Ok(pairs) => {
                    for (key, _) in pairs.0 {
                        if !columns.contains_key(&key) {
                            columns.insert(key.clone(), titles.len());
                            titles.push(Some(key));
                        }
                    }
                }
                Err(_) if index == 0 => return Err(SheetError::NotJsonLines),
                Err(_) => {}
            }
            if titles.len() > MAX_COLUMNS {
                return Err(SheetError::TooManyColumns);
            }
        }
        Ok((
            JsonLines {
                text,
                at: 0,
                line: 0,
                columns,
            },
            titles,
        ))
    }

    pub(crate) fn next_row(&mut self) -> Option<RawRow> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
            let line = rest[..end].trim();
            self.line += 1;
            self.at += end;
            if line.is_empty() {
                continue;
            }
            let mut cells = vec![None; self.columns.len()];
            let mut fault = None;
            match serde_json::from_str::<Pairs<Value>>(line) {
                Ok(pairs) => {
                    for (key, value) in pairs.0 {
                        if let Some(cell) = self.columns.get(&key).and_then(|at| cells.get_mut(*at)) {
                            *cell = text_of(value);
                        }
                    }
                }
                Err(_) => fault = Some(not_an_object()),
            }
            return Some(RawRow {
                line: self.line,
                cells,
                problem: fault,
                may_be_short: true,
            });
        }
    }
}

/// Lists and objects stay JSON: fields that hold rows read them again.
fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        value => Some(value.to_string()),
    }
}

fn not_an_object() -> lianfang_kernel::Problem {
    problem(
        "line_not_json",
        "本行不是JSON对象",
        "this line is no JSON object",
        "每行应为一个完整的 {…}",
        "each line is one complete {…}",
    )
}

/// An object as its pairs, in the order of the file.
struct Pairs<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for PairsVisitor<T> {
            type Value = Pairs<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}
