//! Things that cells name by what is written on them: the code of a service or of a tube, the plate of a vehicle.

use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Kind, RegionId, RegisterSchema, SubjectKind};
use lianfang_ledger::read::{Reader, SearchQuery, Sight};
use lianfang_ledger::{Ledger, LedgerError};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// The fields of a register that name things, and what was found so far: a list names the same service a hundred times.
pub(super) struct NamedThings {
    fields: Vec<(String, SubjectKind)>,
    sight: Sight,
    found: HashMap<(SubjectKind, String), Option<SubjectId>>,
}

impl NamedThings {
    /// For sheets of a register that are sent from `home`.
    pub fn new(schema: &RegisterSchema, home: RegionId) -> NamedThings {
        let thing = |kind: &Kind| match kind {
            Kind::Subject(
                kind @ (SubjectKind::Matter | SubjectKind::Place | SubjectKind::Vehicle | SubjectKind::Item),
            ) => Some(*kind),
            _ => None,
        };
        let fields = schema.fields.iter();
        NamedThings {
            fields: fields
                .filter_map(|field| Some((field.id.clone(), thing(&field.kind)?)))
                .collect(),
            sight: Sight::Region(home),
            found: HashMap::new(),
        }
    }

    /// Puts ids where codes stand. What is not found, or means several, stays as it was sent, and the ledger says so.
    ///
    /// # Errors
    /// The database.
    pub fn resolve(&mut self, ledger: &Ledger, body: &mut Map<String, Value>) -> Result<(), LedgerError> {
        for (field, kind) in &self.fields {
            let Some(Value::String(said)) = body.get(field) else {
                continue;
            };
            if said.parse::<SubjectId>().is_ok() {
                continue;
            }
            let key = (*kind, said.trim().to_owned());
            let id = match self.found.get(&key) {
                Some(known) => *known,
                None => {
                    let (sight, (kind, code)) = (self.sight.clone(), key.clone());
                    let id = ledger.read(move |reader| only_bearing(reader, &sight, kind, &code))?;
                    self.found.insert(key, id);
                    id
                }
            };
            if let Some(id) = id {
                body.insert(field.clone(), id.to_string().into());
            }
        }
        Ok(())
    }
}

/// The only subject of that kind that bears this code, plate or document number. The catalogue of items is everybody's.
///
/// # Errors
/// The database.
pub fn only_bearing(
    reader: &mut Reader<'_>,
    sight: &Sight,
    kind: SubjectKind,
    said: &str,
) -> Result<Option<SubjectId>, LedgerError> {
    let by: &[&str] = match kind {
        SubjectKind::Person => &["cn_id", "id_doc"],
        SubjectKind::Vehicle => &["plate", "code"],
        _ => &["code"],
    };
    let sight = if kind == SubjectKind::Item { &Sight::All } else { sight };
    for identifier in by {
        let query = SearchQuery {
            identifiers: BTreeMap::from([((*identifier).to_owned(), said.to_owned())]),
            ..SearchQuery::default()
        };
        let found = reader.search(sight, &query)?;
        let mut of_kind = found.iter().filter(|view| view.kind == kind);
        if let (Some(view), None) = (of_kind.next(), of_kind.next()) {
            return Ok(Some(view.id));
        }
    }
    Ok(None)
}
