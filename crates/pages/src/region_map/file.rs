//! A map as a picture and as numbers.

use crate::Answer;
use crate::form::Form;
use crate::visit::Visit;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use lianfang_kernel::Words;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::charts::{Map, map_file, map_rows};

/// Addresses of the files of a map: the page itself, asked for in another form.
pub(crate) fn links(visit: &Visit, path: &str, query: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let one = |format: &'static str| {
        let mut all = form_urlencoded::Serializer::new(String::new());
        all.extend_pairs(query);
        all.append_pair("map", format);
        if let Some(at) = visit.as_of {
            all.append_pair("as_of", &at.to_string());
        }
        (format, format!("{path}?{}", all.finish()))
    };
    vec![one("csv"), one("svg")]
}

/// The file that was asked for, if one was.
///
/// # Errors
/// 404: there is no map, or no such form of it.
pub(crate) fn answer(state: &AppState, visit: &Visit, query: &Form, map: Option<&Map>) -> Option<Answer> {
    let format = query.given("map")?;
    let nothing = || ApiError::not_found(Words::new("没有这张图", "There is no such picture"));
    let Some(map) = map else {
        return Some(Err(nothing()));
    };
    let cx = visit.ctx(state);
    Some(match format {
        "svg" => Ok(([(CONTENT_TYPE, "image/svg+xml")], map_file(&cx, map)).into_response()),
        "csv" => {
            let mut lines = String::from("code,region,value,level\r\n");
            for row in map_rows(&cx, map) {
                let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
                lines.push_str(&format!("{}\r\n", cells.join(",")));
            }
            let name = format!("attachment; filename=\"{}.csv\"", map.id);
            let kind = "text/csv; charset=utf-8".to_owned();
            Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], lines).into_response())
        }
        _ => Err(nothing()),
    })
}

/// A cell of CSV, by RFC 4180.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}
