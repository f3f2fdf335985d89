//! Everybody met within some hops of a person, as a list by hop and as files.

use super::files::nothing;
use crate::Answer;
use crate::download::{CSV, csv, sent};
use crate::visit::{Desk, civil, shown};
use axum::extract::{Path, State};
use lianfang_exchange::{GraphEdge, GraphKey, GraphNode, SheetColumn, graph_ml};
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::read::MOST_PERSONS;
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, TracedPeople, trace_contacts};
use lianfang_ui::paths;
use lianfang_ui::views::trace::{Hop, Person, TracePage, render};
use std::collections::{BTreeMap, HashMap};

/// Persons of a hop that the page lists.
const LISTED: usize = 200;

fn id_of(id: &str) -> Result<SubjectId, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found(Words::new("没有这份档案", "There is no such file")))
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let found = trace_contacts(&state, &desk.staff, id, desk.visit.as_of).await?;
    let snapshot = state.ledger.snapshot();
    let opens_files = desk.staff.reads_files(&snapshot.model);
    let view = TracePage {
        start: found.labels.first().cloned().unwrap_or_default(),
        id: id.to_string(),
        hops: hops(&snapshot, &found, opens_files),
        cut_at: found.trace.is_cut.then_some(MOST_PERSONS),
        exports: [("CSV", "people.csv"), ("GraphML", "contacts.graphml")]
            .map(|(format, file)| {
                (
                    format.to_owned(),
                    address(&desk, &format!("{}/{file}", paths::trace(&id.to_string()))),
                )
            })
            .to_vec(),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

fn address(desk: &Desk, path: &str) -> String {
    match desk.visit.as_of {
        Some(at) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("as_of", &at.to_string());
            format!("{path}?{}", query.finish())
        }
        None => path.to_owned(),
    }
}

fn hops(snapshot: &Snapshot, found: &TracedPeople, opens_files: bool) -> Vec<Hop> {
    let mut hops: BTreeMap<u32, Hop> = BTreeMap::new();
    for (place, person) in found.trace.persons.iter().enumerate().skip(1) {
        let hop = hops.entry(person.hop).or_default();
        hop.hop = person.hop;
        hop.persons += 1;
        hop.cases += usize::from(found.is_case[place]);
        // Cases first: they are what one looks for.
        if hop.shown.len() < LISTED || found.is_case[place] {
            hop.shown.push(Person {
                name: (
                    found.labels[place].clone(),
                    opens_files.then(|| paths::subject(&person.subject.to_string())),
                ),
                from: person.from.map(|from| found.labels[from].clone()).unwrap_or_default(),
                at: person.at.map(|at| civil(&snapshot.zone, at)),
                is_case: found.is_case[place],
            });
        }
    }
    let mut hops: Vec<Hop> = hops.into_values().collect();
    for hop in &mut hops {
        hop.shown.sort_by_key(|person| !person.is_case);
        hop.shown.truncate(LISTED);
    }
    hops
}

pub(super) async fn file(
    State(state): State<AppState>,
    desk: Desk,
    Path((id, file)): Path<(String, String)>,
) -> Answer {
    let found = trace_contacts(&state, &desk.staff, id_of(&id)?, desk.visit.as_of).await?;
    let zone = &state.ledger.snapshot().zone;
    match file.as_str() {
        "people.csv" => {
            let row = |(place, person): (usize, &lianfang_ledger::read::Reached)| {
                vec![
                    Some(found.labels[place].clone()),
                    Some(person.hop.to_string()),
                    person.from.map(|from| found.labels[from].clone()),
                    person.at.map(|at| zone.day_of(at).to_string()),
                    Some(found.is_case[place].to_string()),
                ]
            };
            let rows: Vec<Vec<Option<String>>> = found.trace.persons.iter().enumerate().map(row).collect();
            let columns = ["person", "hop", "from", "last_contact", "case"];
            Ok(sent(
                CSV,
                &file,
                csv(columns.map(SheetColumn::text).to_vec(), &rows, state.ledger.now())?,
            ))
        }
        "contacts.graphml" => Ok(sent(
            "application/graphml+xml",
            &file,
            graph(&state.ledger.snapshot(), &found).into_bytes(),
        )),
        _ => Err(nothing()),
    }
}

fn graph(snapshot: &Snapshot, found: &TracedPeople) -> String {
    let keys = [
        GraphKey::node("label", "string"),
        GraphKey::node("hop", "int"),
        GraphKey::node("case", "boolean"),
        GraphKey::edge("last_contact", "string"),
    ];
    let people = found.trace.persons.iter().enumerate();
    let places: HashMap<SubjectId, usize> = people.clone().map(|(place, person)| (person.subject, place)).collect();
    let id = |place: usize| format!("n{place}");
    let nodes: Vec<GraphNode> = people
        .map(|(place, person)| GraphNode {
            id: id(place),
            values: vec![
                Some(found.labels[place].clone()),
                Some(person.hop.to_string()),
                Some(found.is_case[place].to_string()),
            ],
        })
        .collect();
    let edge = |met: &lianfang_ledger::read::Met| {
        Some(GraphEdge {
            from: id(*places.get(&met.index)?),
            to: id(*places.get(&met.contact)?),
            values: vec![Some(snapshot.zone.day_of(met.at).to_string())],
        })
    };
    let edges: Vec<GraphEdge> = found.trace.met.iter().filter_map(edge).collect();
    graph_ml(&keys, &nodes, &edges)
}
