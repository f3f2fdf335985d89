//! What offices do every day whoever comes: school sheets, zero reports, daily reports, the line list, the counts of 2020.

use super::dice::Dice;
use super::people::clock;
use super::story::{Story, org_subject, region_subject};
use super::teller::{About, Event, Teller};
use super::town::School;
use crate::embedded;
use lianfang_kernel::Day;
use lianfang_ledger::wire::Author;
use serde_json::json;

impl Story<'_> {
    /// Plans the daily routine of schools, units and the CDC.
    pub fn plan_routine(&self, dice: &mut Dice, teller: &mut Teller<'_>) {
        for school in &self.town.schools {
            self.rolls(teller, school);
        }
        let mut day = self.first.plus(1);
        while day <= self.today {
            for school in &self.town.schools {
                if day.weekday() <= 5 {
                    self.school_day(dice, teller, school, day);
                }
            }
            for unit in &self.town.units {
                if dice.chance(95) {
                    let body =
                        json!({ "on_duty": dice.between(20, 60), "abnormal": 0, "inspected": dice.between(1, 9) });
                    let at = clock(self.zone, day, dice.between(14, 16), dice.between(0, 59));
                    self.tell_org(teller, at, *unit, "daily_report", org_subject(*unit), body);
                }
            }
            day = day.plus(1);
        }
        self.cases(dice, teller);
        self.counts_of_2020(teller);
    }

    fn tell_org(
        &self,
        teller: &mut Teller<'_>,
        at: lianfang_kernel::Instant,
        org: lianfang_kernel::ids::SubjectId,
        register: &'static str,
        about: About,
        body: serde_json::Value,
    ) {
        let author = self.town.authors.get(&org).cloned().unwrap_or_else(Author::system);
        teller.at(
            at,
            Event {
                author,
                register,
                about,
                region: None,
                body,
                id: None,
                happened_at: None,
            },
        );
    }

    fn rolls(&self, teller: &mut Teller<'_>, school: &School) {
        for (code, name, roll) in &school.classes {
            let about = About::Sent(json!({
                "type": "school_class", "identifiers": { "code": code }, "name": name, "unit": school.org,
            }));
            let author = self
                .town
                .authors
                .get(&school.org)
                .cloned()
                .unwrap_or_else(Author::system);
            let body = json!({ "school": school.org, "roll": roll });
            let region = Some(school.region.to_string());
            teller.at(
                clock(self.zone, self.first, 7, 0),
                Event {
                    author,
                    register: "class_roll",
                    about,
                    region,
                    body,
                    id: None,
                    happened_at: None,
                },
            );
        }
    }

    fn school_day(&self, dice: &mut Dice, teller: &mut Teller<'_>, school: &School, day: Day) {
        for (code, name, roll) in &school.classes {
            if school.is_silent && dice.chance(50) || dice.chance(2) {
                continue;
            }
            let absent = dice.between(0, 2);
            let (fever, cough) = (i64::from(dice.chance(4)), dice.between(0, 1));
            let body = json!({
                "roll": roll, "checked": roll - absent, "absent": absent, "fever": fever, "cough": cough, "sore_throat": 0,
            });
            let about = About::Sent(json!({ "type": "school_class", "identifiers": { "code": code }, "name": name }));
            let at = clock(self.zone, day, 7, dice.between(30, 59));
            self.tell_org(teller, at, school.org, "morning_check", about, body);
        }
        if school.is_silent {
            return;
        }
        let at = clock(self.zone, day, 15, dice.between(0, 55));
        self.tell_org(
            teller,
            at,
            school.org,
            "abnormal_count",
            org_subject(school.org),
            json!({ "n": i64::from(dice.chance(5)) }),
        );
        if dice.chance(1) {
            let found = clock(self.zone, day, 10, dice.between(0, 30));
            let fields = json!({ "kind": "fever", "people": dice.between(1, 4), "found_at": found.in_zone(self.zone) });
            self.tell_org(
                teller,
                found,
                school.org,
                "school_event",
                org_subject(school.org),
                fields,
            );
            let body = json!({ "kind": "fever", "people": 1, "actions": "已通知家长并安排就诊" });
            self.tell_org(
                teller,
                found.plus_ms(70 * 60_000),
                school.org,
                "event_report",
                org_subject(school.org),
                body,
            );
        }
    }

    /// A line list of made-up cases: few, more, fewer.
    fn cases(&self, dice: &mut Dice, teller: &mut Teller<'_>) {
        let days = self.first.until(self.today).max(1);
        let cdc = self.town.by_role.get("cdc").cloned().unwrap_or_else(Author::system);
        let mut number: usize = 0;
        // Half of them in a few townships: an outbreak is somewhere.
        let mut townships: Vec<&lianfang_kernel::RegionId> = self.town.communities.keys().collect();
        townships.sort();
        let township = |number: usize| match townships.len() {
            0 => self.town.city.to_string(),
            all if number.is_multiple_of(2) => townships[number / 2 % all.min(4)].to_string(),
            all => townships[number * 13 % all].to_string(),
        };
        let mut earlier: Vec<(String, Day)> = Vec::new();
        for n in 0..=days {
            let height = 4 - (2 * n - days).abs() * 4 / days;
            for _ in 0..dice.between(0, height.max(0)) {
                number += 1;
                let case_no = format!("DEMO-{number:03}");
                let reported = self.first.plus(n);
                let onset = reported.plus(-dice.between(1, 6));
                let about = || About::Sent(json!({ "type": "case_file", "identifiers": { "code": case_no } }));
                let region = Some(township(number));
                let body = json!({
                    "case_no": case_no, "class": "confirmed", "age": dice.between(3, 84),
                    "sex": if dice.chance(50) { "male" } else { "female" },
                    "onset_on": onset.to_string(), "reported_on": reported.to_string(), "outcome": "unknown",
                });
                let at = clock(self.zone, reported, 17, dice.between(0, 59));
                let event = |register, body| Event {
                    author: cdc.clone(),
                    register,
                    about: about(),
                    region: region.clone(),
                    body,
                    id: None,
                    happened_at: None,
                };
                teller.at(at, event("case_report", body));
                // Known with the report, dated on the day of onset.
                let body = json!({ "case_no": case_no });
                let mut known = event("case_onset", body);
                known.happened_at = Some(clock(self.zone, onset, 12, 0));
                teller.at(at.plus_ms(60_000), known);
                // The laboratory's answer comes on the same day or up to two days later.
                let confirmed = reported.plus(i64::try_from(number % 3).unwrap_or(0));
                let answered = clock(self.zone, confirmed, 18, 0);
                let mut known = event("case_confirmation", json!({ "case_no": case_no }));
                known.happened_at = Some(clock(self.zone, confirmed, 12, 0));
                teller.at(answered, known);
                if let Some(infector) = infector(&earlier, onset, number) {
                    let met_at = ["household", "work", "school"][number / 3 % 3];
                    let body = json!({ "case_no": case_no, "infector_no": infector, "met_at": met_at });
                    // The investigation tells on the day after the report.
                    let told = clock(self.zone, reported.plus(1), 16, 0);
                    teller.at(told, event("infection_link", body));
                }
                earlier.push((case_no, onset));
            }
        }
    }

    /// The published counts of the city in 2020: real, entered on the first day, dated on their own days.
    fn counts_of_2020(&self, teller: &mut Teller<'_>) {
        let Some(bytes) = embedded::cases_2020() else { return };
        let cdc = self.town.by_role.get("cdc").cloned().unwrap_or_else(Author::system);
        let wanted = format!("{:0<6}", self.town.city.as_str().get(..4).unwrap_or_default());
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let Ok(header) = reader.headers().cloned() else { return };
        let column = |name: &str| header.iter().position(|title| title == name);
        for (index, row) in reader.records().flatten().enumerate() {
            let cell = |name: &str| column(name).and_then(|at| row.get(at)).unwrap_or_default();
            let (Ok(day), true) = (Day::parse(cell("date")), cell("city_code") == wanted) else {
                continue;
            };
            let number = |name: &str| cell(name).parse::<i64>().ok();
            let mut body = json!({ "filled": cell("filled") == "1" });
            for name in [
                "cum_confirmed",
                "cum_suspected",
                "cum_cured",
                "cum_dead",
                "new_confirmed",
                "new_confirmed_clipped",
                "new_cured",
                "new_dead",
            ] {
                if let Some(n) = number(name) {
                    body[name] = json!(n);
                }
            }
            let at = clock(self.zone, self.first, 6, 0).plus_ms(i64::try_from(index).unwrap_or(0));
            let about = About::Sent(region_subject(self.town.city.as_str()));
            let event = Event {
                author: cdc.clone(),
                register: "daily_count",
                about,
                region: None,
                body,
                id: None,
                happened_at: None,
            };
            teller.at(
                at,
                Event {
                    happened_at: Some(self.zone.start_of(day)),
                    ..event
                },
            );
        }
    }
}

/// The source that an investigation finds for two cases of three: somebody who fell ill 2 to 9 days before. A few are the
/// source of many.
fn infector(earlier: &[(String, Day)], onset: Day, number: usize) -> Option<&str> {
    if number.is_multiple_of(3) {
        return None;
    }
    let fits: Vec<&str> = earlier
        .iter()
        .filter(|(_, day)| (2..=9).contains(&day.until(onset)))
        .map(|(case_no, _)| case_no.as_str())
        .collect();
    fits.get(number / 5 % fits.len().clamp(1, 3)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_fell_ill_two_to_nine_days_before() {
        let day = |n| Day(100 + n);
        let earlier = [
            ("A".to_owned(), day(0)),
            ("B".to_owned(), day(5)),
            ("C".to_owned(), day(9)),
        ];
        assert_eq!(infector(&earlier, day(10), 1), Some("B"));
        assert_eq!(infector(&earlier, day(10), 3), None);
        assert_eq!(infector(&earlier, day(1), 1), None);
    }
}
