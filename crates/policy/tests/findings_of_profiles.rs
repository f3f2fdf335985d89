//! What the loader says of mistakes in profiles and in what reads them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use told::{T, check};

const HALL: &str = "[type.hall]\nof = \"place\"\ntitle = { zh = \"厅\", en = \"hall\" }\nfield = [{ id = \"seats\", kind = \"int\", title = { zh = \"座\", en = \"Seats\" } }, { id = \"said\", kind = \"note\", title = { zh = \"注\", en = \"Note\" } }]\n";

/// A figure about halls that `condition` chooses.
fn halls(condition: &str) -> String {
    format!(
        "{HALL}[indicator.c]\n{T}kind = \"coverage\"\nrequired = {{ of = \"hall\", where = \"{condition}\" }}\ndone = {{ register = \"hall_profile\" }}\n"
    )
}

#[test]
fn a_profile_is_read_like_a_field_that_may_be_missing() {
    let cases = [
        ("it¦.seats > 3", "it.seats may be missing", "has(it.seats)"),
        ("has(it¦.seets)", "no field seets", "did you mean seats?"),
        ("has(it¦.said)", "shown only", "decide nothing"),
    ];
    for (condition, what, hint) in cases {
        check(&[(halls(condition).as_str(), what, hint)]);
    }
}

#[test]
fn what_is_wrong_with_a_field_of_a_profile_is_told_where_it_stands() {
    let twice = "[type.hall]\nof = \"place\"\ntitle = { zh = \"厅\", en = \"hall\" }\nfield = [{ id = \"seats\", ¦kind = \"number\", title = { zh = \"座\", en = \"Seats\" } }]\n";
    check(&[(twice, "there is no field kind number", "")]);
    let other = format!(
        "{HALL}[type]\n¦shed = {{ of = \"place\", title = {{ zh = \"棚\", en = \"shed\" }}, field = [{{ id = \"seats\", kind = \"bool\", title = {{ zh = \"座\", en = \"Seats\" }} }}] }}\n"
    );
    check(&[(other.as_str(), "of another kind in another type", "another id")]);
}
