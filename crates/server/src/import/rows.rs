//! A row that was read, as the entry it stands for: names of regions and organisations become their ids.

use super::fields::{CODE, SUBJECT, kind_of, naming_field};
use lianfang_exchange::{Misfit, SheetRow};
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_kernel::{Instant, Kind, Problem, RegionId, RegisterSchema, SubjectKind, Words};
use lianfang_ledger::wire::{Author, Described, NewEntry, SubjectIn};
use lianfang_policy::Snapshot;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// What a row says about its subject.
struct Said {
    named: Option<String>,
    person: Vec<(String, String)>,
    numbers: BTreeMap<String, String>,
    /// What the register's own naming field says.
    number: Option<String>,
}

/// Turns rows of one sheet into entries of one register.
pub(super) struct Rows<'a> {
    schema: &'a RegisterSchema,
    snapshot: &'a Snapshot,
    /// Where the rows are of that do not say: the area of whoever imports.
    home: RegionId,
    /// Whether a column says when: a row whose cell is empty is then of no time, and not of now.
    pub(super) says_when: bool,
    /// How often the same cells have been met: two equal rows are two entries.
    met: HashMap<String, u32>,
    region_names: HashMap<String, Option<RegionId>>,
    org_names: HashMap<String, Option<SubjectId>>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(schema: &'a RegisterSchema, snapshot: &'a Snapshot, author: &Author) -> Rows<'a> {
        let org = author.org.and_then(|id| snapshot.orgs.get(id));
        let home = org.map_or_else(|| snapshot.city.clone(), |org| org.region.clone());
        let mut region_names: HashMap<String, Option<RegionId>> = HashMap::new();
        for region in snapshot.regions.iter() {
            for name in [&region.name.zh, &region.name.en] {
                // A name that two regions bear names neither.
                region_names
                    .entry(name.clone())
                    .and_modify(|known| {
                        if known.as_ref() != Some(&region.id) {
                            *known = None;
                        }
                    })
                    .or_insert_with(|| Some(region.id.clone()));
            }
        }
        let mut org_names: HashMap<String, Option<SubjectId>> = HashMap::new();
        for org in snapshot.orgs.iter() {
            for name in [&org.name.zh, &org.name.en] {
                org_names
                    .entry(name.clone())
                    .and_modify(|known| {
                        if *known != Some(org.id) {
                            *known = None;
                        }
                    })
                    .or_insert(Some(org.id));
            }
        }
        Rows {
            schema,
            snapshot,
            home,
            says_when: false,
            met: HashMap::new(),
            region_names,
            org_names,
        }
    }

    /// Where rows are of that do not say.
    pub(super) fn home(&self) -> &RegionId {
        &self.home
    }

    /// The entry of a row.
    ///
    /// # Errors
    /// Every cell that names what there is not.
    pub(super) fn entry(&mut self, row: &SheetRow, mut body: Map<String, Value>) -> Result<NewEntry, Vec<Misfit>> {
        let mut misfits = Vec::new();
        self.resolve_fields(row, &mut body, &mut misfits);
        let own = |id: &str| self.schema.field(id).is_some();
        let mut take = |id: &str| if own(id) { None } else { body.remove(id) };
        let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
        let moment = |value: Option<String>| value.and_then(|text| Instant::parse(&text).ok());
        let (at, reported_at) = (moment(text(take("at"))), moment(text(take("reported_at"))));
        if self.says_when && at.is_none() {
            let what = Words::new("该行没有时间", "The row says no time");
            let hint = Words::new("请填写日期", "Give the date");
            misfits.push(Misfit::new(
                row.line,
                Some("at"),
                Problem::new("field_missing", what, hint),
            ));
        }
        let region = text(take("region")).and_then(|name| note(row, "region", self.region(&name), &mut misfits));
        let person: Vec<(String, String)> = ["name", "cn_id", "id_doc", "phone"]
            .iter()
            .filter_map(|id| Some(((*id).to_owned(), text(take(id))?)))
            .collect();
        let named = text(take(SUBJECT));
        let numbers: BTreeMap<String, String> = [CODE, "plate"]
            .iter()
            .filter_map(|id| Some(((*id).to_owned(), text(take(id))?)))
            .collect();
        let said = Said {
            named,
            person,
            numbers,
            number: naming_field(self.schema).and_then(|field| text(body.get(&field.id).cloned())),
        };
        let subject = self.subject(row, region.as_ref(), said, &mut misfits);
        let region = match &subject {
            Some(SubjectIn::Described(described)) if described.kind_type != "region" => {
                region.or_else(|| Some(self.home.clone()))
            }
            _ => region,
        };
        if !misfits.is_empty() {
            return Err(misfits);
        }
        Ok(NewEntry {
            subject,
            at,
            reported_at,
            confirmed: true,
            region,
            body,
            ..NewEntry::new(self.id(row), self.schema.id.clone())
        })
    }

    fn id(&mut self, row: &SheetRow) -> uuid::Uuid {
        let cells: Vec<&str> = row
            .cells
            .iter()
            .map(|cell| cell.as_deref().unwrap_or("\u{0}"))
            .collect();
        let content = cells.join("\u{1f}");
        let times = self
            .met
            .entry(content.clone())
            .and_modify(|times| *times += 1)
            .or_insert(0);
        derived(&format!("import\u{1f}{}\u{1f}{times}\u{1f}{content}", self.schema.id))
    }

    fn resolve_fields(&self, row: &SheetRow, body: &mut Map<String, Value>, misfits: &mut Vec<Misfit>) {
        for field in &self.schema.fields {
            let Some(Value::String(name)) = body.get(&field.id) else {
                continue;
            };
            let resolved = match &field.kind {
                Kind::Region => self.region(name).map(|id| Value::from(id.as_str())),
                Kind::Subject(SubjectKind::Organisation) => self.org(name).map(|id| Value::from(id.to_string())),
                _ => continue,
            };
            if let Some(value) = note(row, &field.id, resolved, misfits) {
                body.insert(field.id.clone(), value);
            }
        }
    }

    fn region(&self, name: &str) -> Result<RegionId, Problem> {
        let name = name.trim();
        let id = RegionId::new(name);
        if self.snapshot.regions.contains(&id) {
            return Ok(id);
        }
        self.region_names.get(name).cloned().flatten().ok_or_else(|| {
            let what = Words::new(
                "没有这个区域，或有几个同名：{n}",
                "No such region, or several of that name: {n}",
            )
            .with("n", name);
            Problem::new(
                "unknown_region",
                what,
                Words::new("请填区划代码", "Give the region's code"),
            )
        })
    }

    fn org(&self, name: &str) -> Result<SubjectId, Problem> {
        let name = name.trim();
        if let Ok(id) = name.parse::<SubjectId>() {
            return Ok(id);
        }
        self.org_names.get(name).copied().flatten().ok_or_else(|| {
            let what = Words::new(
                "没有这个单位，或有几个同名：{n}",
                "No such organisation, or several of that name: {n}",
            )
            .with("n", name);
            Problem::new(
                "unknown_org",
                what,
                Words::new("请填全称或编号", "Give its full name or its id"),
            )
        })
    }

    /// Whom a row is about; the author's own organisation when nothing says.
    fn subject(
        &self,
        row: &SheetRow,
        region: Option<&RegionId>,
        said: Said,
        misfits: &mut Vec<Misfit>,
    ) -> Option<SubjectIn> {
        let first = self.schema.subjects.first().cloned().unwrap_or_default();
        let described = |identifiers: BTreeMap<String, String>, name: Option<String>| {
            SubjectIn::Described(Described {
                kind_type: first.clone(),
                identifiers,
                name,
                unit: None,
            })
        };
        match kind_of(self.schema, &self.snapshot.model)? {
            SubjectKind::Person => {
                let mut identifiers: BTreeMap<String, String> = said.person.into_iter().collect();
                let name = identifiers.remove("name");
                Some(described(identifiers, name))
            }
            SubjectKind::Region if region.is_none() && misfits.is_empty() => {
                let what = Words::new("该行没有区划代码", "The row names no region");
                let hint = Words::new("请填区划代码", "Give the region's code");
                misfits.push(Misfit::new(
                    row.line,
                    Some("region"),
                    Problem::new("unknown_region", what, hint),
                ));
                None
            }
            SubjectKind::Region => {
                let code = region.map(|id| ("code".to_owned(), id.to_string()));
                Some(described(code.into_iter().collect(), None))
            }
            SubjectKind::Organisation => {
                let resolved = said.named.map(|name| self.org(&name)).transpose();
                note(row, SUBJECT, resolved, misfits).flatten().map(SubjectIn::Id)
            }
            _ => Some(match said.named.as_deref().map(str::parse::<SubjectId>) {
                Some(Ok(id)) => SubjectIn::Id(id),
                _ => {
                    let mut identifiers = said.numbers;
                    if let (true, Some(number)) = (identifiers.is_empty(), said.number) {
                        identifiers.insert(CODE.to_owned(), number);
                    }
                    described(identifiers, said.named)
                }
            }),
        }
    }
}

/// Keeps what could be resolved, and notes what could not.
fn note<T>(row: &SheetRow, column: &str, found: Result<T, Problem>, misfits: &mut Vec<Misfit>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(problem) => {
            misfits.push(Misfit::new(row.line, Some(column), problem));
            None
        }
    }
}
