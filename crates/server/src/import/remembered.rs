//! How the columns of a sheet were taken, remembered for an organisation: a sender who uses the same titles again is read the
//! same way.

use crate::caller::Staff;
use lianfang_exchange::{ColumnMap, Mapping};
use lianfang_kernel::ids::derived;
use lianfang_ledger::{KeptAt, Ledger};
use std::collections::BTreeMap;

/// Where the columns of such a sheet are remembered; titles in any order are the same sheet.
pub fn mapping_place(staff: &Staff, register: &str, titles: &[String]) -> KeptAt {
    let mut titles: Vec<&str> = titles.iter().map(|title| title.trim()).collect();
    titles.sort_unstable();
    KeptAt {
        owner: staff.author.org.map_or(staff.login.id.0, |org| org.0),
        kind: "mapping",
        name: format!("{register}/{}", derived(&titles.join("\u{1f}"))),
    }
}

/// What is remembered, as column title and field.
pub(crate) fn remembered(ledger: &Ledger, at: &KeptAt) -> Option<Mapping> {
    let kept = ledger.read(|reader| reader.kept(at)).ok().flatten()?;
    let columns: BTreeMap<String, String> = serde_json::from_str(&kept).ok()?;
    Some(Mapping {
        columns: columns
            .into_iter()
            .map(|(title, field)| (title, ColumnMap::to(field)))
            .collect(),
        ..Mapping::default()
    })
}
