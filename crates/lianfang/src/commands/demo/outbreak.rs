//! The outbreak: who falls ill when and where, whom they met, and what hospital, laboratory and tracers write down of it.

use super::dice::Dice;
use super::people::{Made, clock};
use super::story::{Story, region_subject};
use super::teller::{About, Event, Teller};
use super::town::Town;
use lianfang_kernel::{Day, RegionId};
use lianfang_ledger::wire::Author;
use serde_json::{Value, json};

/// Cases on the worst day.
const HEIGHT: i64 = 9;
/// Of a hundred cases, how many are in the townships of the outbreak.
const TOGETHER: usize = 70;
/// Townships of the outbreak.
const TOWNSHIPS: usize = 4;
/// Days after which a patient goes home.
const STAY: i64 = 12;
/// Beds of the designated hospital: enough until the height, so that the outlook has something to say.
const BEDS: i64 = 60;
/// Where people met.
const SETTINGS: [&str; 3] = ["household", "work", "school"];

/// Somebody who fell ill.
#[derive(Clone, Debug)]
pub struct Case {
    number: String,
    onset: Day,
    reported: Day,
    confirmed: Day,
    township: RegionId,
    infector: Option<String>,
    met_at: &'static str,
    /// Who it is, among the people of the story and of the outbreak.
    patient: usize,
    /// Whom they met, the same.
    contacts: Vec<usize>,
}

/// All cases with those they met.
#[derive(Clone, Debug, Default)]
pub struct Outbreak {
    cases: Vec<Case>,
    /// Patients and contacts as an entry names them; they follow the people of the story.
    pub people: Vec<Value>,
}

/// A contact who may yet fall ill.
struct Met {
    who: usize,
    township: RegionId,
    listed: Day,
}

impl Outbreak {
    /// Few cases in the first third of the days, many in the last, fewer by now. `before` people have been made already.
    pub fn of(dice: &mut Dice, town: &Town, (first, today): (Day, Day), before: usize) -> Outbreak {
        let mut townships: Vec<&RegionId> = town.communities.keys().collect();
        townships.sort();
        let days = first.until(today).max(1);
        let mut outbreak = Outbreak::default();
        let mut made = Made::after(before, &town.places.id_prefixes);
        let mut met: Vec<Met> = Vec::new();
        for n in 0..=days {
            for _ in 0..cases_on(dice, n, days) {
                let reported = first.plus(n);
                outbreak.fall_ill(dice, &mut made, &mut met, (&townships, town), reported);
            }
        }
        outbreak
    }

    fn fall_ill(
        &mut self,
        dice: &mut Dice,
        made: &mut Made,
        met: &mut Vec<Met>,
        (townships, town): (&[&RegionId], &Town),
        reported: Day,
    ) {
        let count = self.cases.len() + 1;
        let onset = reported.plus(-dice.between(1, 5));
        // Two of five were on the list of somebody else's contacts, the day before at least.
        let known = met.iter().position(|met| met.listed < reported);
        let (patient, township) = match known.filter(|_| dice.chance(40)) {
            Some(at) => {
                let met = met.remove(at);
                (met.who, met.township)
            }
            None => (made.person(dice, &mut self.people), place(dice, townships, town)),
        };
        let contacts: Vec<usize> = (0..dice.between(1, 4))
            .map(|_| made.person(dice, &mut self.people))
            .collect();
        met.extend(contacts.iter().map(|who| Met {
            who: *who,
            township: township.clone(),
            listed: reported,
        }));
        self.cases.push(Case {
            number: format!("DEMO-{count:03}"),
            onset,
            reported,
            // The laboratory's answer comes on the same day or up to two days later.
            confirmed: reported.plus(i64::try_from(count % 3).unwrap_or(0)),
            township,
            infector: infector(&self.cases, onset, count).map(str::to_owned),
            met_at: SETTINGS[count / 3 % SETTINGS.len()],
            patient,
            contacts,
        });
    }
}

/// How many cases a day has.
fn cases_on(dice: &mut Dice, n: i64, days: i64) -> i64 {
    let share = n * 100 / days;
    let usual = match share {
        0..40 => 1,
        40..80 => 1 + (HEIGHT - 1) * (share - 40) / 40,
        _ => HEIGHT - (share - 80) / 5,
    };
    usual - dice.between(0, 1 + usual / 4)
}

/// An outbreak is somewhere: most cases are in a few townships, some anywhere.
fn place(dice: &mut Dice, townships: &[&RegionId], town: &Town) -> RegionId {
    let few = townships.len().min(TOWNSHIPS);
    let among = if dice.chance(TOGETHER) {
        &townships[..few]
    } else {
        townships
    };
    dice.one(among).map_or_else(|| town.city.clone(), |id| (*id).clone())
}

/// The source that an investigation finds for two cases of three: somebody who fell ill 2 to 9 days before. A few are the
/// source of many.
fn infector(earlier: &[Case], onset: Day, count: usize) -> Option<&str> {
    if count.is_multiple_of(3) {
        return None;
    }
    let fits: Vec<&str> = earlier
        .iter()
        .filter(|case| (2..=9).contains(&case.onset.until(onset)))
        .map(|case| case.number.as_str())
        .collect();
    fits.get(count / 5 % fits.len().clamp(1, 3)).copied()
}

impl Story<'_> {
    /// Everything that is written down of the outbreak.
    pub fn plan_outbreak(&self, dice: &mut Dice, teller: &mut Teller<'_>) {
        self.designate(teller);
        for case in &self.outbreak.cases {
            self.line_list(dice, teller, case);
            self.in_hospital(dice, teller, case);
            self.contacts(dice, teller, case);
        }
    }

    /// Where cases are treated: the hospital whose ward the story tells of.
    fn designate(&self, teller: &mut Teller<'_>) {
        let Some(hospital) = self.role("ward-desk").org else {
            return;
        };
        let about = About::Sent(region_subject(self.town.city.as_str()));
        let body = json!({
            "hospital": hospital, "tier": "designated", "beds": BEDS, "order": self.orders.city,
            "from": clock(self.zone, self.first, 6, 0).in_zone(self.zone),
        });
        let at = clock(self.zone, self.first, 6, 0);
        teller.at(
            at,
            Event::new(self.role("hospital-planner"), "designation", about, body),
        );
    }

    /// The line list of the CDC: report, onset, confirmation, and who infected whom.
    fn line_list(&self, dice: &mut Dice, teller: &mut Teller<'_>, case: &Case) {
        let cdc = self.role("cdc");
        let number = case.number.as_str();
        let file = About::Sent(json!({ "type": "case_file", "identifiers": { "code": number } }));
        let event = |register, body| Event {
            region: Some(case.township.to_string()),
            ..Event::new(cdc.clone(), register, file.clone(), body)
        };
        let noon = |day: Day| Some(clock(self.zone, day, 12, 0));
        let at = clock(self.zone, case.reported, 17, dice.between(0, 59));
        let body = json!({
            "case_no": number, "class": "confirmed", "age": dice.between(3, 84),
            "sex": if dice.chance(50) { "male" } else { "female" },
            "onset_on": case.onset.to_string(), "reported_on": case.reported.to_string(), "outcome": "unknown",
        });
        teller.at(at, event("case_report", body));
        // Known with the report, dated on the day of onset.
        let mut known = event("case_onset", json!({ "case_no": number }));
        known.happened_at = noon(case.onset);
        teller.at(at.plus_ms(60_000), known);
        let mut known = event("case_confirmation", json!({ "case_no": number }));
        known.happened_at = noon(case.confirmed);
        teller.at(clock(self.zone, case.confirmed, 18, 0), known);
        if let Some(infector) = &case.infector {
            let body = json!({ "case_no": number, "infector_no": infector, "met_at": case.met_at });
            // The investigation tells on the day after the report.
            let told = clock(self.zone, case.reported.plus(1), 16, 0);
            teller.at(told, event("infection_link", body));
        }
    }

    /// The patient: classed, admitted, tested, investigated, and home after twelve days.
    fn in_hospital(&self, dice: &mut Dice, teller: &mut Teller<'_>, case: &Case) {
        let doctor = self.role("clinician");
        let seen = clock(self.zone, case.reported, 17, dice.between(0, 20));
        let after = |minutes: i64| seen.plus_ms(minutes * 60_000);
        let mut tell = |at, author: Author, register, body| {
            let event = self.about_patient(author, register, case, case.patient, body);
            teller.at(at, event);
        };
        let class = json!({ "disease": "covid-19", "class": "suspected", "evidence": "clinical" });
        tell(seen, doctor.clone(), "case_classification", class);
        tell(
            after(15),
            doctor,
            "admission",
            json!({ "class": "suspected", "condition": "mild" }),
        );
        let signed = |specialty: &str| json!({ "specialty": specialty, "doctor": "演示医师" });
        let plan = json!({ "number": 1, "signed_by": [signed("infectious"), signed("respiratory")], "plan": "对症治疗，监测血氧" });
        let ward = self.role("ward-desk");
        tell(after(30), ward.clone(), "treatment_plan", plan);
        let swab = json!({ "assay": "pcr", "result": "positive", "sampled_at": after(20).in_zone(self.zone) });
        tell(after(150), self.role("lab"), "lab_result", swab);
        let found = json!({ "contacts": case.contacts.len() });
        tell(after(200), self.role("case-investigator"), "case_investigation", found);
        let left = clock(self.zone, case.reported.plus(STAY), 10, dice.between(0, 50));
        tell(left, ward, "inpatient_end", json!({ "outcome": "discharged" }));
    }

    /// Whom the patient met: listed that evening, called by their community the next day, most of them in time.
    fn contacts(&self, dice: &mut Dice, teller: &mut Teller<'_>, case: &Case) {
        let community = self.town.communities.get(&case.township);
        let community = community.and_then(|org| self.town.authors.get(org)).cloned();
        let caller = community.unwrap_or_else(|| self.role("grid-worker"));
        let last = clock(self.zone, case.onset.max(self.first), 19, dice.between(0, 59));
        for contact in &case.contacts {
            let listed = clock(self.zone, case.reported, 20, dice.between(10, 50));
            let body = json!({ "last_contact": last.in_zone(self.zone), "kind": "suspect", "met_at": case.met_at });
            let mut event = self.about_patient(self.role("contact-tracer"), "contact", case, *contact, body);
            event.names = Some(("index", case.patient));
            teller.at(listed, event);
            let next = case.reported.plus(1);
            let call = |outcome: &str| json!({ "outcome": outcome });
            let mut tell = |day: Day, hour: i64, outcome: &str| {
                let at = clock(self.zone, day, hour, dice.between(0, 50));
                let event = self.about_patient(caller.clone(), "call", case, *contact, call(outcome));
                teller.at(at, event);
                dice.chance(80)
            };
            // One of six does not answer at first and is reached too late.
            if !tell(next, 8, "not_reached") {
                tell(next.plus(1), 9, "reached");
            } else {
                tell(next, 11, "reached");
            }
        }
    }

    fn about_patient(&self, author: Author, register: &'static str, case: &Case, who: usize, body: Value) -> Event {
        Event {
            region: Some(case.township.to_string()),
            ..Event::new(author, register, About::Person(who), body)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(number: &str, onset: i32) -> Case {
        Case {
            number: number.to_owned(),
            onset: Day(onset),
            reported: Day(onset + 1),
            confirmed: Day(onset + 1),
            township: RegionId::new("620502001"),
            infector: None,
            met_at: SETTINGS[0],
            patient: 0,
            contacts: Vec::new(),
        }
    }

    #[test]
    fn a_source_fell_ill_two_to_nine_days_before() {
        let earlier = [case("A", 100), case("B", 105), case("C", 109)];
        assert_eq!(infector(&earlier, Day(110), 1), Some("B"));
        assert_eq!(infector(&earlier, Day(110), 3), None);
        assert_eq!(infector(&earlier, Day(101), 1), None);
    }

    #[test]
    fn it_grows_after_a_quiet_time_and_is_still_under_way() {
        let mut dice = Dice::new(1);
        let mut sum = |days: std::ops::Range<i64>| days.map(|n| cases_on(&mut dice, n, 21).max(0)).sum::<i64>();
        let (quiet, worst, now) = (sum(0..7), sum(14..19), sum(19..22));
        assert!(quiet <= 7 && worst > 25 && now > 8, "{quiet} {worst} {now}");
    }
}
