//! The description of the interface, OpenAPI 3.1: one table, compared with the routes and with the committed file by
//! tests.

use crate::state::AppState;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};

mod calls;
mod checkpoint_calls;
mod epi;
mod policy_calls;
mod shapes;
mod subject_calls;

/// Every call.
pub(crate) fn calls() -> impl Iterator<Item = &'static Call> {
    calls::CALLS
        .iter()
        .chain(subject_calls::CALLS)
        .chain(checkpoint_calls::CALLS)
        .chain(policy_calls::CALLS)
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Anybody.
    Public,
    /// Staff, by session or token.
    Staff,
    /// A resident's device.
    Device,
    /// Staff or a device.
    Either,
    /// Staff or a phone of a checkpoint.
    Phone,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    /// `get`, `post` …
    pub method: &'static str,
    /// Below `/api/v1`, or from the root where it begins with `/`-names of machines.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Who may.
    pub who: Who,
    /// Parameters of the query.
    pub query: &'static [&'static str],
    /// Shape of the body, a name among the components.
    pub body: Option<&'static str>,
    /// Shape of the answer, a name among the components; any object when none.
    pub answer: Option<&'static str>,
}

fn parameters(call: &Call) -> Vec<Value> {
    let in_path = call
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = call
        .query
        .iter()
        .map(|name| json!({ "name": name, "in": "query", "schema": shapes::parameter(name) }));
    in_path.chain(in_query).collect()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// What every call has: who may, what is answered when it is not done.
fn operation_of(summary: &str, who: Who) -> Value {
    let problem = json!({
        "description": "Not done, and why",
        "content": { "application/problem+json": { "schema": reference("Problem") } },
    });
    let mut operation = json!({
        "summary": summary,
        "responses": {
            "200": { "description": "Done", "content": { "application/json": { "schema": { "type": "object" } } } },
            "default": problem,
        },
    });
    let (staff, device) = (json!([{ "token": [] }, { "session": [] }]), json!([{ "device": [] }]));
    operation["security"] = match who {
        Who::Public => json!([{}]),
        Who::Staff => staff,
        Who::Device => device,
        Who::Phone => json!([{ "checkpoint": [] }, { "token": [] }, { "session": [] }]),
        Who::Either => json!([{ "token": [] }, { "session": [] }, { "device": [] }]),
    };
    operation
}

fn operation(call: &Call) -> Value {
    let mut operation = operation_of(call.summary, call.who);
    if let Some(answer) = call.answer {
        operation["responses"]["200"]["content"]["application/json"]["schema"] = reference(answer);
    }
    let parameters = parameters(call);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = call.body {
        let kind = if matches!(body, "Upload" | "File") {
            "multipart/form-data"
        } else {
            "application/json"
        };
        operation["requestBody"] = json!({ "required": true, "content": { kind: { "schema": reference(body) } } });
    }
    operation
}

/// The whole description.
pub fn openapi(version: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for call in calls() {
        let path = paths.entry(full_path(call)).or_insert_with(|| json!({}));
        path[call.method] = operation(call);
    }
    epi::describe(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lianfang 联防",
            "version": version,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "Times are RFC 3339 with offset, civil days ISO 8601. Errors are RFC 9457 problem details in \
                the language of ?lang=, the cookie lf_lang or Accept-Language (zh, en).",
        },
        "paths": paths,
        "components": {
            "schemas": shapes::schemas(),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::cookies::SESSION_COOKIE },
                "device": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "Device SECRET, given by the first declaration",
                },
                "checkpoint": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "Checkpoint SECRET, given to a phone of a checkpoint for its one-time code",
                },
            },
        },
    })
}

/// The address of a call.
pub(crate) fn full_path(call: &Call) -> String {
    match call.path {
        "/healthz" | "/readyz" | "/metrics" | "/openapi.json" => call.path.to_owned(),
        path => format!("/api/v1{path}"),
    }
}

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/openapi.json", get(show))
}

async fn show(State(state): State<AppState>) -> Response {
    let text = openapi(state.config.version).to_string();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, text).into_response()
}
