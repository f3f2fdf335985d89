//! A person as linkage compares one: the same eight cells whether they come from a list, a form or a file.

use lianfang_linkage::Row;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A person as a list or a file describes one; what is empty is not known.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonRow {
    /// The list's own number of the row.
    pub id: String,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: String,
    /// Date of birth.
    pub birth: String,
    /// Identity number.
    pub idno: String,
    /// Telephone.
    pub phone: String,
    /// Number plate.
    pub plate: String,
    /// Address.
    pub addr: String,
}

impl std::fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonRow(…)")
    }
}

impl PersonRow {
    /// What is known by name and identifiers; the identity number goes before another document.
    pub(crate) fn identified(name: Option<&str>, identifiers: &BTreeMap<String, String>) -> PersonRow {
        let take = |kinds: &[&str]| {
            let mut found = kinds.iter().filter_map(|kind| identifiers.get(*kind));
            found.next().map(|value| value.trim().to_owned()).unwrap_or_default()
        };
        PersonRow {
            name: name.unwrap_or_default().trim().to_owned(),
            idno: take(&["cn_id", "id_doc"]),
            phone: take(&["phone"]),
            plate: take(&["plate"]),
            ..PersonRow::default()
        }
    }

    /// As the engine reads it.
    pub(crate) fn row(&self) -> Row<'_> {
        Row {
            id: &self.id,
            name: &self.name,
            sex: &self.sex,
            birth: &self.birth,
            idno: &self.idno,
            phone: &self.phone,
            plate: &self.plate,
            addr: &self.addr,
        }
    }
}
