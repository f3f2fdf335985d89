//! `/labels`: codes for the tubes of a round, to be printed. Nothing is written: a code becomes a tube when it is sampled.
//! From the page of a round one comes to the labels of each of its areas, as many as its people need.

use crate::form::Form;
use crate::visit::Desk;
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Lang, RegionId, Words};
use lianfang_ledger::read::EntryItem;
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, Staff, entry, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::labels::{Area, Labels, Sheet, render};

/// Labels of one print.
const MOST: u32 = 1_000;
/// The largest number that five digits write.
const LAST: u32 = 99_999;
/// The protocol of a round, and what a campaign calls it.
const ROUND: &str = "mass-testing";
/// The register that opens rounds.
const CAMPAIGN: &str = "campaign";
/// People in a tube.
const PEOPLE_EACH: i64 = 10;
/// One tube in so many more, for what is spilt or misprinted.
const SPARE: i64 = 20;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::TUBE_LABELS, get(show))
}

/// Who takes samples, and who opens rounds.
fn prints(staff: &Staff) -> bool {
    staff.writes("tube_sample") || staff.writes(CAMPAIGN)
}

/// The way from a round to its labels, for who prints them.
pub(crate) fn of_round(item: &EntryItem, staff: &Staff, lang: Lang) -> Option<(String, String)> {
    let plan = item.body.get("plan").and_then(|plan| plan.as_str());
    let is_round = item.register == CAMPAIGN && plan == Some(ROUND) && prints(staff);
    is_round.then(|| {
        let href = format!("{}?campaign={}", paths::TUBE_LABELS, item.id);
        (text(lang, "labels-title"), href)
    })
}

async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    if !prints(&desk.staff) {
        desk.staff.must_write("tube_sample")?;
    }
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let typed = |name: &str, usual: &str| form.given(name).unwrap_or(usual).to_owned();
    let mut view = Labels {
        round: typed("round", ""),
        mark: typed("mark", "").to_uppercase(),
        first: typed("first", "1"),
        count: typed("count", "50"),
        ..Labels::default()
    };
    if let Some(campaign) = form.given("campaign") {
        fill_areas(&state, &desk, &mut view, campaign).await?;
    } else if form.has("round") {
        match sheet(&view) {
            Ok(sheet) => view.sheet = Some(sheet),
            Err((field, words)) => view.problems = vec![Problem::at(field, words.get(desk.visit.lang))],
        }
    }
    let status = match view.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, render(&view, &desk.ctx(&state))).into_response())
}

/// The areas of a round with the tubes that their people need.
async fn fill_areas(state: &AppState, desk: &Desk, view: &mut Labels, campaign: &str) -> Result<(), ApiError> {
    let item = entry(state, &desk.staff, campaign).await?;
    let id: EntryId = item.id;
    let people = read(state, move |reader| reader.people_of_campaign(ROUND, id)).await?;
    let round = item.body.get("round").and_then(|round| round.as_i64()).unwrap_or(1);
    view.round = round.to_string();
    let snapshot = state.ledger.snapshot();
    view.areas = areas(&snapshot, &item.region, round, &people, desk.visit.lang);
    view.is_of_round = true;
    Ok(())
}

fn areas(snapshot: &Snapshot, of: &RegionId, round: i64, people: &[(RegionId, i64)], lang: Lang) -> Vec<Area> {
    let code_of_all = snapshot
        .regions
        .get(of)
        .map(|region| region.code.clone())
        .unwrap_or_default();
    let area = |(n, (region, people)): (usize, &(RegionId, i64))| {
        let code = snapshot.regions.get(region).map(|region| region.code.clone());
        let mark = mark_of(code.as_deref().unwrap_or_default(), &code_of_all, n + 1);
        let tubes = tubes_for(*people);
        Area {
            name: region_steps::full_name(&snapshot.regions, lang, region),
            people: *people,
            tubes,
            href: href(&round.to_string(), &mark, 1, tubes),
            mark,
        }
    };
    people.iter().enumerate().map(area).collect()
}

/// A mark of its own for each area: what its code says beyond that of the whole, or its place in the list.
fn mark_of(code: &str, whole: &str, place: usize) -> String {
    let rest = code.strip_prefix(whole).filter(|rest| (1..=6).contains(&rest.len()));
    let plain = rest.filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    plain.map_or_else(|| format!("P{place}"), |rest| format!("A{rest}"))
}

fn tubes_for(people: i64) -> i64 {
    let tubes = whole(people.max(0), PEOPLE_EACH);
    (tubes + whole(tubes, SPARE)).clamp(1, i64::from(LAST))
}

/// How many it takes, the last perhaps not full.
fn whole(n: i64, each: i64) -> i64 {
    (n + each - 1).div_euclid(each)
}

fn href(round: &str, mark: &str, first: u32, count: i64) -> String {
    format!(
        "{}?round={round}&mark={mark}&first={first}&count={count}",
        paths::TUBE_LABELS
    )
}

/// `R3E2-00001` and so on: round, mark of the site, number; as many as one print holds, and the way to the next print.
fn sheet(view: &Labels) -> Result<Sheet, (&'static str, Words)> {
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
    let (first, count) = (number("first", &view.first, LAST)?, number("count", &view.count, LAST)?);
    let end = (first + count - 1).min(LAST);
    let last = end.min(first + MOST - 1);
    let mark = &view.mark;
    Ok(Sheet {
        codes: (first..=last).map(|n| format!("R{round}{mark}-{n:05}")).collect(),
        first,
        last,
        end,
        next: (last < end).then(|| href(&view.round, mark, last + 1, i64::from(end - last))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(round: &str, mark: &str, first: &str, count: &str) -> Result<Sheet, &'static str> {
        let view = Labels {
            round: round.into(),
            mark: mark.into(),
            first: first.into(),
            count: count.into(),
            ..Labels::default()
        };
        sheet(&view).map_err(|(field, _)| field)
    }

    #[test]
    fn codes_go_on_from_the_first_and_no_further_than_five_digits() {
        assert_eq!(asked("3", "E2", "9", "2").unwrap().codes, ["R3E2-00009", "R3E2-00010"]);
        assert_eq!(asked("3", "", "99999", "50").unwrap().codes, ["R3-99999"]);
    }

    #[test]
    fn thousands_come_print_by_print_without_a_gap() {
        let (mut codes, mut next) = (Vec::new(), ("1".to_owned(), "3400".to_owned()));
        loop {
            let sheet = asked("3", "E2", &next.0, &next.1).unwrap();
            codes.extend(sheet.codes);
            let Some(href) = sheet.next else { break };
            let form = Form::parse(href.split_once('?').unwrap().1.as_bytes());
            next = (form.get("first").to_owned(), form.get("count").to_owned());
        }
        let distinct: std::collections::BTreeSet<&String> = codes.iter().collect();
        assert_eq!((codes.len(), distinct.len()), (3_400, 3_400));
        assert_eq!(codes.last().map(String::as_str), Some("R3E2-03400"));
    }

    #[test]
    fn an_area_gets_a_tube_for_ten_people_and_a_few_more() {
        assert_eq!([0, 1, 10, 11, 200, 2_000].map(tubes_for), [1, 2, 2, 3, 21, 210]);
    }

    #[test]
    fn no_two_areas_have_one_mark() {
        assert_eq!(mark_of("371702001", "371702", 1), "A001");
        assert_eq!(mark_of("371702001005", "371702", 1), "A001005");
        assert_eq!(mark_of("371702001005", "37", 4), "P4", "too long for a label");
        assert_eq!(mark_of("371702", "371702", 2), "P2", "the whole itself");
    }

    #[test]
    fn what_cannot_be_a_label_is_told_at_its_field() {
        assert_eq!(asked("0", "", "1", "1").unwrap_err(), "round");
        assert_eq!(asked("1", "东", "1", "1").unwrap_err(), "mark");
        assert_eq!(asked("1", "", "x", "1").unwrap_err(), "first");
        assert_eq!(asked("1", "", "1", "100000").unwrap_err(), "count");
    }
}
