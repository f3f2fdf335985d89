//! `/labels`: codes for the tubes of a round, to be printed. Nothing is written: a code becomes a tube when it is sampled.

use crate::Answer;
use crate::form::Form;
use crate::visit::Desk;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use lianfang_kernel::Words;
use lianfang_server::AppState;
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::labels::{Labels, render};

/// Labels of one page.
const MOST: u32 = 200;
/// The largest number that five digits write.
const LAST: u32 = 99_999;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::TUBE_LABELS, get(show))
}

async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_write("tube_sample")?;
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let typed = |name: &str, usual: &str| form.given(name).unwrap_or(usual).to_owned();
    let mut view = Labels {
        round: typed("round", ""),
        mark: typed("mark", "").to_uppercase(),
        first: typed("first", "1"),
        count: typed("count", "50"),
        ..Labels::default()
    };
    if form.has("round") {
        match codes(&view) {
            Ok(codes) => view.codes = codes,
            Err((field, words)) => view.problems = vec![Problem::at(field, words.get(desk.visit.lang))],
        }
    }
    let status = match view.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, render(&view, &desk.ctx(&state))).into_response())
}

/// `R3E2-00001` and so on: round, mark of the site, number.
fn codes(view: &Labels) -> Result<Vec<String>, (&'static str, Words)> {
    let number = |field: &'static str, text: &str, most: u32| {
        let words = Words::new("请填1至{n}的整数", "Give a whole number from 1 to {n}").with("n", most);
        let n = text.parse::<u32>().ok().filter(|n| (1..=most).contains(n));
        n.ok_or((field, words))
    };
    let round = number("round", &view.round, 99)?;
    let is_plain = view.mark.len() <= 8 && view.mark.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_plain {
        let words = Words::new("只用字母和数字，最多8个", "Letters and digits only, 8 at most");
        return Err(("mark", words));
    }
    let (first, count) = (number("first", &view.first, LAST)?, number("count", &view.count, MOST)?);
    let last = (first + count - 1).min(LAST);
    Ok((first..=last)
        .map(|n| format!("R{round}{}-{n:05}", view.mark))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(round: &str, mark: &str, first: &str, count: &str) -> Result<Vec<String>, &'static str> {
        let view = Labels {
            round: round.into(),
            mark: mark.into(),
            first: first.into(),
            count: count.into(),
            ..Labels::default()
        };
        codes(&view).map_err(|(field, _)| field)
    }

    #[test]
    fn codes_go_on_from_the_first_and_no_further_than_five_digits() {
        assert_eq!(asked("3", "E2", "9", "2").unwrap(), ["R3E2-00009", "R3E2-00010"]);
        assert_eq!(asked("3", "", "99999", "50").unwrap(), ["R3-99999"]);
    }

    #[test]
    fn what_cannot_be_a_label_is_told_at_its_field() {
        assert_eq!(asked("0", "", "1", "1"), Err("round"));
        assert_eq!(asked("1", "东", "1", "1"), Err("mark"));
        assert_eq!(asked("1", "", "x", "1"), Err("first"));
        assert_eq!(asked("1", "", "1", "201"), Err("count"));
    }
}
