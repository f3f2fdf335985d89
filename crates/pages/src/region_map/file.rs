//! A map as a picture and as numbers.

use crate::Answer;
use crate::download::{CSV, csv, sent};
use crate::form::Form;
use crate::visit::Visit;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use lianfang_exchange::SheetColumn;
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
            let rows: Vec<Vec<Option<String>>> = map_rows(&cx, map)
                .into_iter()
                .map(|row| row.into_iter().map(Some).collect())
                .collect();
            let columns = vec![
                SheetColumn::text("code"),
                SheetColumn::text("region"),
                SheetColumn::number("value"),
                SheetColumn::text("level"),
                SheetColumn::text("beside"),
            ];
            csv(columns, &rows, state.ledger.now()).map(|bytes| sent(CSV, &format!("{}.csv", map.id), bytes))
        }
        _ => Err(nothing()),
    })
}
