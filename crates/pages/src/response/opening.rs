//! What a form opens: the entries that one signature writes, and what they open for whom.

use super::form::{NEW_ORDER, area};
use super::{ACTIVATION, ITEM, LEVEL, OFFICE, ORDER, PLAN};
use crate::field_form::{Drawing, body};
use crate::field_text::{code_words, order_words};
use crate::form::Form;
use crate::read_all::{entries, stands, text as said};
use crate::region_steps;
use crate::visit::{Desk, civil, moment};
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_kernel::{Datum, Organisation, RegionId};
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use lianfang_policy::Target;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::text::{text, text_with};
use lianfang_ui::views::response::{Office, Opens, Preview};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What stands between the parts of what is compared.
const PART: &str = "\u{1f}";

/// A plan in its latest version.
pub(super) struct Plan {
    pub id: SubjectId,
    pub title: String,
    pub version: i64,
}

/// The plans in sight, by title.
pub(super) async fn plans(state: &AppState, desk: &Desk) -> Result<Vec<Plan>, ApiError> {
    let found = entries(state, desk, PLAN).await?;
    let mut latest: HashMap<SubjectId, Plan> = HashMap::new();
    for item in found.items.iter().filter(|item| stands(item)) {
        let version = item.body.get("version").and_then(Value::as_i64).unwrap_or_default();
        if latest.get(&item.subject).is_none_or(|known| known.version < version) {
            let plan = Plan {
                id: item.subject,
                title: said(item, "title").to_owned(),
                version,
            };
            latest.insert(item.subject, plan);
        }
    }
    let mut plans: Vec<Plan> = latest.into_values().collect();
    plans.sort_by(|a, b| (&a.title, a.id).cmp(&(&b.title, b.id)));
    Ok(plans)
}

/// Fills the teams and tasks of a plan that was opened before into a form that has none yet.
pub(super) async fn prefill(state: &AppState, desk: &Desk, form: &mut Form) -> Result<(), ApiError> {
    let Ok(plan) = form.get("plan").parse::<SubjectId>() else {
        return Ok(());
    };
    if form.names().any(|name| name.starts_with("tasks.")) {
        return Ok(());
    }
    form.set_default("tasks.0.what");
    let snapshot = state.ledger.snapshot();
    let Some(register) = snapshot.model.registers.get(ACTIVATION) else {
        return Ok(());
    };
    let found = entries(state, desk, ACTIVATION).await?;
    let Some(before) = found
        .items
        .iter()
        .find(|item| item.subject == plan && item.act == "new")
    else {
        return Ok(());
    };
    let mut again: Map<String, Value> = before.body.clone();
    again.retain(|field, _| ["expert_group", "mobile_team", "tasks"].contains(&field.as_str()));
    for task in again
        .get_mut("tasks")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        // Its day was another one: it is typed anew.
        if let Some(task) = task.as_object_mut() {
            task.remove("due");
        }
    }
    let mut typed = Form::default();
    crate::field_form::typed(&snapshot, &register.schema.fields, &again, "", &mut typed);
    let names: Vec<String> = typed.names().map(str::to_owned).collect();
    for name in names {
        if form.given(&name).is_none() {
            form.set(&name, name_of_org(&snapshot, typed.get(&name), desk));
        }
    }
    Ok(())
}

/// Organisations are typed by their names.
fn name_of_org(snapshot: &lianfang_policy::Snapshot, typed: &str, desk: &Desk) -> String {
    let org = typed.parse().ok().and_then(|id| snapshot.orgs.get(id));
    org.map_or_else(|| typed.to_owned(), |org| org.name.get(desk.visit.lang).to_owned())
}

/// The entries of one signature, in the order in which they are written, and what they open.
pub(super) struct Opening {
    pub entries: Vec<NewEntry>,
    pub preview: Preview,
}

/// What the form opens, or which field says too little.
pub(super) fn opening(
    state: &AppState,
    desk: &Desk,
    drawing: Drawing<'_>,
    opens: Opens,
    plans: &[Plan],
) -> Result<Opening, (&'static str, String)> {
    let id = |name: &str| drawing.form.get(name).parse().unwrap_or_else(|_| state.ledger.new_id());
    let (order_id, entry_id): (Uuid, Uuid) = (id("order_entry"), id("entry"));
    let place = match opens {
        Opens::Level => area(drawing),
        Opens::Plan => desk.staff.region.clone(),
    };
    let order = new_order(drawing.form, order_id, &place);
    let cited = match &order {
        Some(order) => order.id.to_string(),
        None => drawing.form.get("order").to_owned(),
    };
    let (mut entry, mut preview) = match opens {
        Opens::Level => level(drawing, entry_id, &place)?,
        Opens::Plan => plan(drawing, entry_id, plans)?,
    };
    preview.order = match &order {
        Some(order) => new_order_words(drawing, order),
        None => cited
            .parse()
            .ok()
            .and_then(|id| order_words(drawing.snapshot, id))
            .unwrap_or_default(),
    };
    if !cited.is_empty() {
        entry.body.insert("order".to_owned(), Value::from(cited));
    }
    preview.seen = seen(drawing.form, &preview);
    // What rests on a new order is written with it, or neither is.
    let group = order.is_some().then_some(entry_id);
    let mut entries: Vec<NewEntry> = order.into_iter().chain([entry]).collect();
    for entry in &mut entries {
        entry.group = group;
    }
    Ok(Opening { entries, preview })
}

/// What was said and what would open, in short: a signature is for what was seen.
fn seen(form: &Form, preview: &Preview) -> String {
    let said: Vec<String> = form
        .names()
        .filter(|name| !["csrf", "act", "seen"].contains(name))
        .map(|name| format!("{name}={}", form.get(name)))
        .collect();
    let mut shown = vec![preview.act.as_str(), &preview.order, &preview.within];
    for office in &preview.offices {
        shown.extend(["", &office.name, &office.area]);
        shown.extend(office.tasks.iter().map(|(what, _)| what.as_str()));
    }
    shown.push("");
    shown.extend(preview.without.iter().map(String::as_str));
    format!("{}.{}", derived(&said.join(PART)), derived(&shown.join(PART)))
}

/// Whether what was said is what was seen, whatever would open by now.
pub(super) fn is_as_said(seen: &str, now: &str) -> bool {
    let said = |seen: &str| seen.split_once('.').map(|(said, _)| said.to_owned());
    said(seen).is_some() && said(seen) == said(now)
}

/// A new order as the preview says it.
fn new_order_words(drawing: Drawing<'_>, order: &NewEntry) -> String {
    let said = |field: &str| order.body.get(field).and_then(Value::as_str).unwrap_or_default();
    let args = [
        ("number", said("number").into()),
        ("title", said("title").into()),
        ("review", said("review_on").into()),
    ];
    text_with(drawing.lang, "response-order-new", &args)
}

/// A region as the subject of an entry.
fn about(region: &RegionId) -> Option<SubjectIn> {
    Some(SubjectIn::Described(Described {
        kind_type: "region".to_owned(),
        identifiers: [("code".to_owned(), region.to_string())].into(),
        name: None,
        unit: None,
    }))
}

/// An order that is written with what it is for; none when one in force was chosen or nothing was said.
fn new_order(form: &Form, id: Uuid, region: &RegionId) -> Option<NewEntry> {
    let said = NEW_ORDER.map(|(field, name)| (field, form.get(name)));
    let is_new = form.given("order").is_none() && said.iter().any(|(_, text)| !text.is_empty());
    is_new.then(|| NewEntry {
        subject: about(region),
        body: crate::act::body(&said),
        ..NewEntry::new(id, ORDER)
    })
}

type Act = Result<(NewEntry, Preview), (&'static str, String)>;

fn level(drawing: Drawing<'_>, id: Uuid, place: &RegionId) -> Act {
    let (snapshot, lang, now) = (drawing.snapshot, drawing.lang, drawing.now);
    let level = drawing.form.get("level");
    if level.is_empty() {
        return Err(("level", text(lang, "response-no-level")));
    }
    let within = snapshot
        .setting("checklist_within", place, now)
        .and_then(|value| value.as_int())
        .unwrap_or_default();
    let due = civil(&snapshot.zone, now.plus_ms(within));
    let here = snapshot.orgs.within(&snapshot.regions, place, now);
    let offices: Vec<&Organisation> = here
        .into_iter()
        .filter(|org| snapshot.model.is_a(&org.kind_type, OFFICE))
        .collect();
    let office = |org: &&Organisation| Office {
        name: org.name.get(lang).to_owned(),
        area: region_steps::name(&snapshot.regions, lang, &org.region),
        tasks: items(drawing, org, level)
            .into_values()
            .map(|what| (what, due))
            .collect(),
    };
    let stands_for = |area: &RegionId| offices.iter().any(|org| snapshot.regions.within(&org.region, area));
    let children = snapshot.regions.children(place).iter();
    let args = [
        ("area", region_steps::name(&snapshot.regions, lang, place).into()),
        ("level", code_words(snapshot, lang, LEVEL, level).into()),
    ];
    let preview = Preview {
        act: text_with(lang, "response-act-level", &args),
        within: within.to_string(),
        offices: offices.iter().map(office).collect(),
        without: children
            .filter(|area| !stands_for(area))
            .map(|area| region_steps::name(&snapshot.regions, lang, area))
            .collect(),
        ..Preview::default()
    };
    let entry = NewEntry {
        subject: about(place),
        body: crate::act::body(&[("level", level)]),
        ..NewEntry::new(id, LEVEL)
    };
    Ok((entry, preview))
}

/// The checklist of a level as an office gets it, by number.
fn items(drawing: Drawing<'_>, office: &Organisation, level: &str) -> BTreeMap<i64, String> {
    let snapshot = drawing.snapshot;
    let target = Target {
        subject: Some(office.id),
        region: Some(&office.region),
        kind_type: Some(&office.kind_type),
    };
    let found = snapshot.in_force(ITEM, target, (drawing.now, drawing.now)).into_iter();
    let text = |body: &Datum, field: &str| body.get(field).and_then(Datum::as_text).unwrap_or_default().to_owned();
    found
        .filter(|item| text(&item.body, "level") == level)
        .map(|item| {
            let number = item.body.get("number").and_then(Datum::as_int).unwrap_or_default();
            (number, text(&item.body, "what"))
        })
        .collect()
}

fn plan(drawing: Drawing<'_>, id: Uuid, plans: &[Plan]) -> Act {
    let (snapshot, lang) = (drawing.snapshot, drawing.lang);
    let chosen = plans
        .iter()
        .find(|plan| plan.id.to_string() == drawing.form.get("plan"));
    let missing = || ("plan", text(lang, "response-no-plan"));
    let chosen = chosen.ok_or_else(missing)?;
    let register = snapshot.model.registers.get(ACTIVATION).ok_or_else(missing)?;
    let mut said = body(snapshot, &register.schema.fields, drawing.form, "");
    said.insert("version".to_owned(), Value::from(chosen.version));
    let mut offices: BTreeMap<String, Office> = BTreeMap::new();
    for (task, n) in said
        .get_mut("tasks")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .zip(1_i64..)
    {
        task["number"] = Value::from(n);
        let text = |field: &str| task.get(field).and_then(Value::as_str).unwrap_or_default();
        let owner = text("owner").parse().ok().and_then(|id| snapshot.orgs.get(id));
        let (Some(owner), Some(due)) = (owner, moment(&snapshot.zone, text("due"))) else {
            continue;
        };
        let office = offices.entry(owner.id.to_string()).or_insert_with(|| Office {
            name: owner.name.get(lang).to_owned(),
            area: region_steps::name(&snapshot.regions, lang, &owner.region),
            tasks: Vec::new(),
        });
        office.tasks.push((text("what").to_owned(), civil(&snapshot.zone, due)));
    }
    let args = [
        ("plan", chosen.title.as_str().into()),
        ("version", chosen.version.into()),
    ];
    let preview = Preview {
        act: text_with(lang, "response-act-plan", &args),
        offices: offices.into_values().collect(),
        ..Preview::default()
    };
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(chosen.id)),
        body: said,
        ..NewEntry::new(id, ACTIVATION)
    };
    Ok((entry, preview))
}
