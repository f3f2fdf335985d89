//! What leaves the page: the cases as a sheet, the chains as a graph, the picture.

use super::show::chosen;
use super::{Shown, picture, show::class_words};
use crate::Answer;
use crate::download::{CSV, csv, sent};
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use lianfang_exchange::{GraphEdge, GraphKey, GraphNode, SheetColumn, graph_ml};
use lianfang_kernel::{Instant, Lang, Words};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, LinkSource};
use lianfang_ui::charts::chains as picture_file;

/// The columns of the sheet.
const COLUMNS: [&str; 11] = [
    "case",
    "onset",
    "reported",
    "class",
    "disease",
    "region",
    "cluster",
    "generation",
    "infector",
    "infected",
    "serial_interval_days",
];

pub(super) async fn file(
    State(state): State<AppState>,
    desk: Desk,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (_, shown) = chosen(&state, &desk, &query).await?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    match file.as_str() {
        "cases.csv" => Ok(sent(CSV, &file, sheet(&snapshot, &shown, lang, state.ledger.now())?)),
        "chains.graphml" => Ok(sent("application/graphml+xml", &file, graph(&shown).into_bytes())),
        "chains.svg" => {
            let drawn = picture::of(&snapshot, &shown, &query, lang, false).ok_or_else(nothing)?;
            let text = picture_file::file(&desk.ctx(&state), &drawn);
            Ok(([(CONTENT_TYPE, "image/svg+xml")], text).into_response())
        }
        _ => Err(nothing()),
    }
}

pub(super) fn nothing() -> ApiError {
    ApiError::not_found(Words::new("没有这个文件", "There is no such file"))
}

fn sheet(snapshot: &Snapshot, shown: &Shown, lang: Lang, now: Instant) -> Result<Vec<u8>, ApiError> {
    let row = |place: &usize| {
        let (case, link) = (&shown.all.cases[*place], &shown.all.chains.links[*place]);
        let infector = link.infector.map(|from| shown.all.cases[from].label.clone());
        vec![
            Some(case.label.clone()),
            case.onset.map(|day| day.to_string()),
            case.reported.map(|day| day.to_string()),
            Some(class_words(snapshot, case.class.as_deref(), lang)),
            case.disease.clone(),
            Some(case.region.to_string()),
            Some(link.cluster.to_string()),
            Some(link.generation.to_string()),
            infector,
            Some(link.infected.to_string()),
            link.serial_interval_days.map(|days| days.to_string()),
        ]
    };
    let rows: Vec<Vec<Option<String>>> = shown.cases.iter().map(row).collect();
    csv(COLUMNS.map(SheetColumn::text).to_vec(), &rows, now)
}

/// Cases and links as a directed graph; the ids are running numbers of this file.
fn graph(shown: &Shown) -> String {
    let keys = [
        GraphKey::node("label", "string"),
        GraphKey::node("onset", "string"),
        GraphKey::node("reported", "string"),
        GraphKey::node("region", "string"),
        GraphKey::node("cluster", "int"),
        GraphKey::node("generation", "int"),
        GraphKey::edge("known_by", "string"),
        GraphKey::edge("serial_interval_days", "int"),
    ];
    let id = |place: usize| format!("n{place}");
    let node = |place: &usize| {
        let (case, link) = (&shown.all.cases[*place], &shown.all.chains.links[*place]);
        GraphNode {
            id: id(*place),
            values: vec![
                Some(case.label.clone()),
                case.onset.map(|day| day.to_string()),
                case.reported.map(|day| day.to_string()),
                Some(case.region.to_string()),
                Some(link.cluster.to_string()),
                Some(link.generation.to_string()),
            ],
        }
    };
    let edge = |place: &usize| {
        let link = &shown.all.chains.links[*place];
        let known_by = match shown.all.sources[*place]? {
            LinkSource::Found => "finding",
            LinkSource::Contact => "contact",
        };
        Some(GraphEdge {
            from: id(link.infector?),
            to: id(*place),
            values: vec![
                Some(known_by.to_owned()),
                link.serial_interval_days.map(|days| days.to_string()),
            ],
        })
    };
    let nodes: Vec<GraphNode> = shown.cases.iter().map(node).collect();
    let edges: Vec<GraphEdge> = shown.cases.iter().filter_map(edge).collect();
    graph_ml(&keys, &nodes, &edges)
}
