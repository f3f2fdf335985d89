//! What stands beside a file: its household, and the people named for it, with the roles that nobody holds.

use crate::field_text;
use crate::visit::Desk;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{FieldSchema, Instant, Kind, Lang, SubjectKind};
use lianfang_ledger::read::{EntryFilter, EntryItem, SubjectFile};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Kinds, Level, Register, Required};
use lianfang_server::{ApiError, AppState, SeenFile, entries_page, read};
use lianfang_ui::paths;
use lianfang_ui::views::subject::{Household, Post, Team};
use std::collections::BTreeMap;

/// Entries of a household that are read for its members.
const ENTRIES: usize = 300;

/// The household of a person, or a household's own members; none where nothing names one.
pub(super) async fn household(state: &AppState, desk: &Desk, seen: &SeenFile) -> Result<Option<Household>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let own = match seen.file.kind {
        SubjectKind::Household => Some(seen.file.id),
        SubjectKind::Person => seen
            .file
            .timeline
            .iter()
            .filter(|item| item.subject == seen.file.id && holds(item))
            .find_map(|item| named(&snapshot, item)),
        _ => None,
    };
    let Some(own) = own else { return Ok(None) };
    let filter = EntryFilter {
        subject: Some(own),
        as_of: desk.visit.as_of,
        limit: ENTRIES,
        ..EntryFilter::default()
    };
    let (page, labels) = entries_page(state, &desk.staff, filter).await?;
    // Who says today that they live there: the latest entry of each that names a household.
    let mut members: BTreeMap<SubjectId, (Instant, bool)> = BTreeMap::new();
    for item in page.items.iter().filter(|item| item.subject != own && holds(item)) {
        if let Some(household) = named(&snapshot, item) {
            let latest = members.entry(item.subject).or_insert((item.at, household == own));
            if item.at > latest.0 {
                *latest = (item.at, household == own);
            }
        }
    }
    members.retain(|_, (_, is_here)| *is_here);
    let member = |id: &SubjectId| {
        let name = labels.get(id).cloned().unwrap_or_else(|| short(*id));
        (name, (*id != seen.file.id).then(|| paths::subject(&id.to_string())))
    };
    Ok(Some(Household {
        name: match own == seen.file.id {
            true => None,
            false => {
                let name = labels.get(&own).cloned().unwrap_or_else(|| short(own));
                Some((name, paths::subject(&own.to_string())))
            }
        },
        members: members.keys().map(member).collect(),
    }))
}

/// The household that an entry about a person names.
pub(super) fn named(snapshot: &Snapshot, item: &EntryItem) -> Option<SubjectId> {
    let schema = &snapshot.model.registers.get(&item.register)?.schema;
    let is_household = |field: &&FieldSchema| field.kind == Kind::Subject(SubjectKind::Household) && field.many <= 1;
    let field = schema.fields.iter().find(is_household)?;
    item.body.get(&field.id)?.as_str()?.parse().ok()
}

pub(super) fn short(id: SubjectId) -> String {
    let text = id.to_string();
    format!("#{}", &text[text.len().saturating_sub(6)..])
}

pub(super) fn holds(item: &EntryItem) -> bool {
    matches!(item.status.as_str(), "accepted" | "flagged") && matches!(item.act, "new" | "correct")
}

/// The teams of a person: registers that hold one for each role, where the person has somebody or must have.
pub(super) async fn teams(state: &AppState, desk: &Desk, seen: &SeenFile) -> Result<Vec<Team>, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let now = desk.at(state);
    let mut teams = Vec::new();
    for register in snapshot.model.registers.values() {
        let Some(role) = role_of(register) else { continue };
        let (id, has_any) = (&register.schema.id, has_any(&seen.file, register));
        if !desk.staff.reads_rows(&snapshot.model, id) || !(has_any || is_required(&seen.file, register)) {
            continue;
        }
        let names = desk.staff.level(&snapshot.model, id) == Some(Level::Identified);
        teams.push(team(state, &snapshot, (register, role), seen, (now, names, lang)).await?);
    }
    Ok(teams)
}

/// The code field of a register that holds one for each of its codes and each subject.
fn role_of(register: &Register) -> Option<&FieldSchema> {
    let hold = register.hold.as_ref()?;
    let is_for_all = hold.kinds == Some(Kinds::All) && hold.per.iter().any(|part| part == "subject");
    let code = |id: &String| {
        let field = register.schema.field(id)?;
        matches!(field.kind, Kind::Code { .. }).then_some(field)
    };
    is_for_all.then(|| hold.per.iter().find_map(code)).flatten()
}

fn has_any(file: &SubjectFile, register: &Register) -> bool {
    file.timeline
        .iter()
        .any(|item| item.register == register.schema.id && item.subject == file.id)
}

fn is_required(file: &SubjectFile, register: &Register) -> bool {
    let required = register.hold.as_ref().and_then(|hold| hold.required.as_ref());
    let Some(Required::Enrolled(protocols)) = required else {
        return false;
    };
    file.enrolments
        .iter()
        .any(|enrolment| enrolment.state == "active" && protocols.contains(&enrolment.protocol))
}

async fn team(
    state: &AppState,
    snapshot: &Snapshot,
    (register, role): (&Register, &FieldSchema),
    seen: &SeenFile,
    (now, names, lang): (Instant, bool, Lang),
) -> Result<Team, ApiError> {
    let moment = |item: &EntryItem, field: &str| Instant::parse(item.body.get(field)?.as_str()?).ok();
    let in_force = |item: &&EntryItem| {
        item.register == register.schema.id
            && item.subject == seen.file.id
            && holds(item)
            && moment(item, "from").unwrap_or(item.at) <= now
            && moment(item, "to").is_none_or(|to| to > now)
    };
    // The timeline is newest first: the last named holds the role.
    let held: Vec<&EntryItem> = seen.file.timeline.iter().filter(in_force).collect();
    let person = register
        .schema
        .fields
        .iter()
        .find(|field| field.kind == Kind::Subject(SubjectKind::Person));
    let who = |item: &EntryItem| -> Option<SubjectId> { item.body.get(&person?.id)?.as_str()?.parse().ok() };
    let ids: Vec<SubjectId> = held.iter().filter_map(|item| who(item)).collect();
    let labels = read(state, move |reader| reader.labels(&ids, lang)).await?;
    let Kind::Code { list } = &role.kind else {
        return Ok(Team::default());
    };
    let codes = snapshot
        .model
        .lists
        .get(list)
        .map_or_else(Vec::new, |list| list.values.clone());
    let post = |code: &lianfang_policy::model::CodeValue| {
        let holder = held
            .iter()
            .find(|item| item.body.get(&role.id).and_then(|value| value.as_str()) == Some(code.id.as_str()));
        let name = holder.and_then(|item| who(item)).map(|id| match labels.get(&id) {
            Some(label) if names => label.name.clone(),
            _ => short(id),
        });
        let rest = holder.map_or_else(Vec::new, |item| {
            let other = |field: &&FieldSchema| {
                field.kind == Kind::Text && !field.is_sealed() && item.body.contains_key(&field.id)
            };
            let fields = register.schema.fields.iter().filter(other);
            fields
                .map(|field| field_text::value(snapshot, lang, field, &item.body[&field.id]))
                .collect()
        });
        Post {
            role: code.title.get(lang).to_owned(),
            holder: name,
            rest: rest.join(" "),
        }
    };
    Ok(Team {
        title: register.schema.title.get(lang).to_owned(),
        register: register.schema.id.clone(),
        posts: codes.iter().map(post).collect(),
    })
}
