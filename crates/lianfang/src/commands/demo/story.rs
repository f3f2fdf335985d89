//! The outbreak: what each person, office and school writes down, planned ahead; answers to duties come day by day.

use super::dice::Dice;
use super::outbreak::Outbreak;
use super::people::{Person, Risk, clock};
use super::teller::{About, Event, Teller};
use super::town::Town;
use lianfang_kernel::ids::{DeviceId, SubjectId};
use lianfang_kernel::{Day, Instant, Zone};
use lianfang_ledger::wire::Author;
use serde_json::{Value, json};
use uuid::Uuid;

/// The orders that measures and risk areas cite.
#[derive(Clone, Copy, Debug)]
pub struct Orders {
    /// The city's notice on arrivals.
    pub city: Uuid,
    /// The list of risk areas elsewhere.
    pub above: Uuid,
}

/// What one telling needs at hand.
pub struct Story<'a> {
    /// The place.
    pub town: &'a Town,
    /// The people.
    pub people: &'a [Person],
    /// First day.
    pub first: Day,
    /// Last day.
    pub today: Day,
    /// The city's zone.
    pub zone: &'a Zone,
    /// The orders.
    pub orders: Orders,
    /// The outbreak.
    pub outbreak: &'a Outbreak,
}

impl Story<'_> {
    /// Writes the orders and risk areas, then plans everybody's entries.
    pub fn plan(&self, dice: &mut Dice, teller: &mut Teller<'_>) {
        self.orders(teller);
        for (index, person) in self.people.iter().enumerate() {
            self.journey(dice, teller, index, person);
        }
    }

    /// Who writes in a role.
    pub fn role(&self, role: &str) -> Author {
        self.town.by_role.get(role).cloned().unwrap_or_else(Author::system)
    }

    fn orders(&self, teller: &mut Teller<'_>) {
        let at = clock(self.zone, self.first, 0, 5);
        let review = self.today.plus(30).to_string();
        let (above, above_region) = &self.town.above;
        let order = |region: &str, number: &str, title: &str| {
            (
                About::Sent(region_subject(region)),
                json!({ "number": number, "title": title, "review_on": review, "clause": "第三条" }),
            )
        };
        let (about, body) = order(above_region.as_str(), "演示发〔1〕号", "关于公布风险区域的通告（演示）");
        teller.at(
            at,
            Event {
                id: Some(self.orders.above),
                ..Event::new(above.clone(), "order", about, body)
            },
        );
        let (about, body) = order(
            self.town.city.as_str(),
            "演示发〔2〕号",
            "关于来返人员分类管理的通告（演示）",
        );
        teller.at(
            at,
            Event {
                id: Some(self.orders.city),
                ..Event::new(self.role("command"), "order", about, body)
            },
        );
        let (from, to) = (
            clock(self.zone, self.first.plus(-10), 0, 0),
            clock(self.zone, self.today.plus(20), 0, 0),
        );
        let places = &self.town.places;
        let areas = places
            .medium
            .iter()
            .map(|region| (region, "medium"))
            .chain(places.high.iter().map(|region| (region, "high")));
        for (region, level) in areas {
            let body = json!({
                "level": level, "from": from.in_zone(self.zone), "to": to.in_zone(self.zone), "order": self.orders.above,
            });
            let about = About::Sent(region_subject(region.as_str()));
            teller.at(at.plus_ms(60_000), Event::new(above.clone(), "risk_area", about, body));
        }
    }

    fn journey(&self, dice: &mut Dice, teller: &mut Teller<'_>, index: usize, person: &Person) {
        if let Some(at) = person.declared_at {
            let body = json!({
                "arrival_at": person.expected_at.in_zone(self.zone), "destination": person.village.as_str(),
                "transport": "train", "stays": person.stays(self.zone, person.expected_at),
            });
            let author = resident(dice.uuid(at));
            let declared = Event {
                region: Some(person.village.to_string()),
                ..Event::new(author, "declaration", About::Person(index), body)
            };
            teller.at(at, declared);
        }
        let Some(arrived) = person.arrival_at else { return };
        let registered = arrived.plus_ms(dice.between(5, 40) * 60_000);
        if dice.chance(6) {
            self.at_a_hotel(dice, teller, index, arrived);
        }
        let grid = self.grid(person);
        let body = json!({
            "place_type": "home", "lodging": person.village.as_str(), "transport": "train",
            "stays": person.stays(self.zone, arrived), "home_suitable": person.home_suitable,
        });
        self.tell(
            teller,
            registered,
            &grid,
            "arrival",
            index,
            body,
            Some(person.village.to_string()),
        );
        if person.risk == Risk::None {
            return;
        }
        self.follow_up(dice, teller, index, arrived);
        // Those of the last day and a half still wait for a named person's decision.
        if self.zone.day_of(registered) >= self.today.plus(-1) {
            return;
        }
        let signed = registered.plus_ms(dice.between(20, 90) * 60_000);
        let days = if person.risk == Risk::Medium { 7 } else { 14 };
        let day_zero = self.zone.day_of(registered);
        let body = json!({ "order": self.orders.city, "review_on": day_zero.plus(days + 1).to_string() });
        self.tell(teller, signed, &self.role("signer"), "measure_order", index, body, None);
        match (person.risk, person.home_suitable) {
            (Risk::Medium, _) => self.monitoring(dice, teller, index, person, day_zero, signed),
            (_, true) => self.at_home(dice, teller, index, person, day_zero),
            _ => self.temperatures(dice, teller, index, &self.role("health-institution"), day_zero, 14),
        }
    }

    /// The hotel registers its guest first; the community sees it and registers the same person.
    fn at_a_hotel(&self, dice: &mut Dice, teller: &mut Teller<'_>, index: usize, arrived: Instant) {
        let Some((org, region)) = dice.one(&self.town.hotels) else {
            return;
        };
        let Some(author) = self.town.authors.get(org) else {
            return;
        };
        let body = json!({ "place_type": "hotel", "unit": org, "lodging": region.as_str(), "transport": "train" });
        self.tell(
            teller,
            arrived.plus_ms(2 * 60_000),
            author,
            "arrival",
            index,
            body,
            Some(region.to_string()),
        );
    }

    fn follow_up(&self, dice: &mut Dice, teller: &mut Teller<'_>, index: usize, arrived: Instant) {
        let doctor = self.role("health-institution");
        let body = json!({ "status": "well", "method": "phone" });
        let at = arrived.plus_ms(dice.between(120, 200) * 60_000);
        self.tell(teller, at, &doctor, "follow_up", index, body, None);
        // A few files stay open by mistake: the daily list shows them until somebody closes them.
        if dice.chance(93) {
            let at = clock(self.zone, self.zone.day_of(at).plus(1), 9, dice.between(0, 50));
            self.tell(
                teller,
                at,
                &doctor,
                "follow_up_end",
                index,
                json!({ "outcome": "measure" }),
                None,
            );
        }
    }

    fn monitoring(
        &self,
        dice: &mut Dice,
        teller: &mut Teller<'_>,
        index: usize,
        person: &Person,
        day_zero: Day,
        signed: Instant,
    ) {
        self.temperatures(dice, teller, index, &self.grid(person), day_zero, 7);
        let lab = self.role("lab");
        let first = clock(self.zone, day_zero.plus(1), dice.between(9, 14), dice.between(0, 50)).max(signed);
        let second = first.plus_ms((24 * 60 + dice.between(5, 600)) * 60_000);
        let serum = clock(
            self.zone,
            day_zero.plus(dice.between(3, 6)),
            dice.between(9, 15),
            dice.between(0, 50),
        );
        for (sampled, assay) in [(first, "pcr"), (second, "pcr"), (serum, "serum")] {
            let body = json!({ "assay": assay, "result": "negative", "sampled_at": sampled.in_zone(self.zone) });
            self.tell(
                teller,
                sampled.plus_ms(6 * 3_600_000),
                &lab,
                "lab_result",
                index,
                body,
                None,
            );
        }
        self.release(dice, teller, index, day_zero.plus(7));
    }

    fn at_home(&self, dice: &mut Dice, teller: &mut Teller<'_>, index: usize, person: &Person, day_zero: Day) {
        let grid = self.grid(person);
        for n in 1..=14 {
            let body = json!({ "status": "well", "celsius": celsius(dice, false) });
            let at = clock(self.zone, day_zero.plus(n), dice.between(9, 18), dice.between(0, 59));
            if dice.chance(98) {
                self.tell(teller, at, &grid, "home_visit", index, body, None);
            }
        }
        let end = day_zero.plus(14);
        let sampled = clock(self.zone, day_zero.plus(13), 10, dice.between(0, 59));
        let body = json!({ "assay": "pcr", "result": "negative", "sampled_at": sampled.in_zone(self.zone) });
        self.tell(
            teller,
            sampled.plus_ms(5 * 3_600_000),
            &self.role("lab"),
            "lab_result",
            index,
            body,
            None,
        );
        self.tell(
            teller,
            clock(self.zone, end, 9, 30),
            &grid,
            "end_report",
            index,
            json!({}),
            None,
        );
        self.release(dice, teller, index, end);
    }

    fn temperatures(
        &self,
        dice: &mut Dice,
        teller: &mut Teller<'_>,
        index: usize,
        by: &Author,
        day_zero: Day,
        days: i64,
    ) {
        let falls_ill = dice.chance(2).then(|| dice.between(2, days));
        for n in 1..=days {
            for hour in [7, 17] {
                // One reading in a hundred is missed.
                if dice.chance(1) {
                    continue;
                }
                let at = clock(self.zone, day_zero.plus(n), hour, dice.between(0, 110).min(59));
                let body = json!({ "celsius": celsius(dice, falls_ill == Some(n)), "taken_by": "staff" });
                self.tell(teller, at, by, "temperature", index, body, None);
            }
            if falls_ill == Some(n) {
                let at = clock(self.zone, day_zero.plus(n), 18, dice.between(10, 50));
                let body = json!({ "outcome": "fever_clinic" });
                return self.tell(
                    teller,
                    at,
                    &self.role("health-institution"),
                    "suspected_referral",
                    index,
                    body,
                    None,
                );
            }
        }
    }

    fn release(&self, dice: &mut Dice, teller: &mut Teller<'_>, index: usize, end: Day) {
        // What does not hold yet is refused and tried again the next evening, as the office would.
        let at = clock(self.zone, end, 20, dice.between(20, 59));
        self.tell(
            teller,
            at,
            &self.role("signer"),
            "release_order",
            index,
            json!({}),
            None,
        );
    }

    #[expect(clippy::too_many_arguments, reason = "an entry has that many parts")]
    fn tell(
        &self,
        teller: &mut Teller<'_>,
        at: Instant,
        author: &Author,
        register: &'static str,
        person: usize,
        body: Value,
        region: Option<String>,
    ) {
        let event = Event {
            region,
            ..Event::new(author.clone(), register, About::Person(person), body)
        };
        teller.at(at, event);
    }

    fn grid(&self, person: &Person) -> Author {
        let org = self.town.communities.get(&person.township);
        org.and_then(|org| self.town.authors.get(org))
            .cloned()
            .unwrap_or_else(|| self.role("grid-worker"))
    }
}

/// A region as an entry names it.
pub fn region_subject(code: &str) -> Value {
    json!({ "type": "region", "identifiers": { "code": code } })
}

/// An organisation as an entry names it.
pub fn org_subject(org: SubjectId) -> About {
    About::Sent(json!(org))
}

fn resident(device: Uuid) -> Author {
    Author {
        login: None,
        device: Some(DeviceId(device)),
        owner: None,
        role: "resident".into(),
        org: None,
        channel: "web",
    }
}

fn celsius(dice: &mut Dice, has_fever: bool) -> f64 {
    let tenths = if has_fever {
        dice.between(378, 391)
    } else {
        dice.between(360, 370)
    };
    f64::from(i32::try_from(tenths).unwrap_or(365)) / 10.0
}
