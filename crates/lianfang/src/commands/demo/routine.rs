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
        self.plan_outbreak(dice, teller);
        self.sales(dice, teller);
        self.residents(teller);
        self.counts_of_2020(teller);
    }

    /// An office writes about itself or its own.
    pub fn tell_org(
        &self,
        teller: &mut Teller<'_>,
        at: lianfang_kernel::Instant,
        org: lianfang_kernel::ids::SubjectId,
        register: &'static str,
        about: About,
        body: serde_json::Value,
    ) {
        let author = self.town.authors.get(&org).cloned().unwrap_or_else(Author::system);
        teller.at(at, Event::new(author, register, about, body));
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
            let roll = Event {
                region: Some(school.region.to_string()),
                ..Event::new(author, "class_roll", about, body)
            };
            teller.at(clock(self.zone, self.first, 7, 0), roll);
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
            let event = Event::new(cdc.clone(), "daily_count", about, body);
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
