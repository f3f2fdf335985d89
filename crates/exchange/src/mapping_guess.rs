//! A mapping by titles, when nobody has written one.

use lianfang_kernel::identity::half_width;

use crate::mapping::{ColumnMap, Mapping};
use crate::mapping_plan::FieldSpec;

impl Mapping {
    /// Takes each column for the field whose id or title, in either language, it bears. Case, width, spaces, a leading
    /// number, an asterisk and what stands in brackets make no difference: `1. *体温（℃）` is 体温. Columns without such a
    /// field are left out; a guess is shown before it is used.
    pub fn guess(header: &[String], fields: &[FieldSpec]) -> Mapping {
        let mut mapping = Mapping::default();
        let mut taken = vec![false; fields.len()];
        // What is written exactly goes first, so that 姓名 wins over 姓名（拼音） whatever their order.
        for simplify in [exact as fn(&str) -> String, plain] {
            for title in header.iter().filter(|title| !title.is_empty()) {
                if mapping.columns.contains_key(title) {
                    continue;
                }
                let wanted = simplify(title);
                let found = fields.iter().enumerate().position(|(index, field)| {
                    let names = [&field.id, &field.title.zh, &field.title.en];
                    !taken[index] && names.into_iter().any(|name| simplify(name) == wanted)
                });
                if let Some(index) = found {
                    taken[index] = true;
                    mapping.columns.insert(title.clone(), ColumnMap::to(&fields[index].id));
                }
            }
        }
        mapping
    }
}

fn exact(title: &str) -> String {
    half_width(title).to_lowercase()
}

fn plain(title: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::new();
    for c in exact(title).chars() {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '*' | '_' | '-' | ':' | '.' | '、' | '※' | '"' => {}
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    let bare = out.trim_start_matches(|c: char| c.is_ascii_digit());
    if bare.is_empty() { out } else { bare.to_owned() }
}
