//! The organisations of the demonstration: a community office per township, schools, hotels, units, a province.

use super::dice::Dice;
use super::people::Places;
use crate::failure::Outcome;
use crate::founding;
use crate::posts::Account;
use crate::store::wait;
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Region, RegionId, RegionLevel, RegionTree, Words};
use lianfang_ledger::accounts::{PasswordWork, hash_password};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Function, Ledger, NewLogin, NewOrg};
use std::collections::HashMap;

/// Counties whose pharmacies report.
const COUNTIES_WITH_PHARMACIES: usize = 3;

/// Classes of a school.
pub const CLASSES: usize = 6;

/// A school with the codes of its classes and their rolls.
#[derive(Clone, Debug)]
pub struct School {
    /// Its organisation.
    pub org: SubjectId,
    /// Where.
    pub region: RegionId,
    /// Code, name, roll of each class.
    pub classes: Vec<(String, String, i64)>,
    /// Never hands in anything: silence must be visible.
    pub is_silent: bool,
}

/// Everything that the story needs to know of the place.
#[derive(Clone, Debug)]
pub struct Town {
    /// Where people stay and come from.
    pub places: Places,
    /// Who writes for an organisation.
    pub authors: HashMap<SubjectId, Author>,
    /// The community office of each township.
    pub communities: HashMap<RegionId, SubjectId>,
    /// Schools.
    pub schools: Vec<School>,
    /// Hotels with their regions.
    pub hotels: Vec<(SubjectId, RegionId)>,
    /// Pharmacies with their regions.
    pub pharmacies: Vec<(SubjectId, RegionId)>,
    /// Units that report daily.
    pub units: Vec<SubjectId>,
    /// Accounts by role.
    pub by_role: HashMap<String, Author>,
    /// Whoever names risk areas elsewhere, and the region it answers for.
    pub above: (Author, RegionId),
    /// The city.
    pub city: RegionId,
}

/// The regions of the city, and the prefecture that people come from: the next of its province, or of the country for
/// a city that is a province of its own.
///
/// # Errors
/// No tree is carried for that city.
pub fn regions(city: &str) -> Outcome<(Vec<Region>, String)> {
    let regions = founding::regions_for(city, None)?;
    let own = city.get(..4).unwrap_or(city);
    let others = || {
        let prefectures = regions.iter().filter(|region| region.level == RegionLevel::Prefecture);
        prefectures.map(|region| region.id.as_str()).filter(|code| *code != own)
    };
    let near = others().find(|code| code.get(..2) == own.get(..2));
    let neighbour = near.or_else(|| others().next()).unwrap_or_default().to_owned();
    Ok((regions, neighbour))
}

/// Makes the organisations and their accounts. Nobody is told the passwords of those beyond one per role.
///
/// # Errors
/// Those of the ledger.
pub fn build(ledger: &Ledger, dice: &mut Dice, neighbour: &str, accounts: &[Account]) -> Outcome<Town> {
    let snapshot = ledger.snapshot();
    let city = snapshot.city.clone();
    let townships = within(&snapshot.regions, RegionLevel::Township, &city);
    let counties = within(&snapshot.regions, RegionLevel::County, &city);
    let outside = within(&snapshot.regions, RegionLevel::County, &RegionId::new(neighbour));
    let mut plan = Plan::default();
    plan.add_communities(&townships);
    let homes: Vec<&Region> = if counties.is_empty() {
        townships.clone()
    } else {
        counties.clone()
    };
    for (index, county) in homes.iter().enumerate().take(14) {
        let seat = townships
            .iter()
            .find(|t| snapshot.regions.within(&t.id, &county.id))
            .map_or(&county.id, |t| &t.id);
        plan.add_home(&county.name, seat, index < 8);
        if index < COUNTIES_WITH_PHARMACIES {
            plan.add_pharmacies(&county.name, seat);
        }
    }
    let province = snapshot
        .regions
        .lineage(&RegionId::new(neighbour))
        .last()
        .map(|region| (region.id.clone(), region.name.clone()));
    let (above_id, above_name) = province.unwrap_or_else(|| (city.clone(), Words::default()));
    plan.add(
        "authority",
        "command",
        &above_name,
        ("联防联控指挥部", "command office"),
        above_id.clone(),
        None,
        None,
    );
    let made = plan.make(ledger)?;
    Ok(settle(
        dice,
        made,
        accounts,
        TownParts {
            villages: villages(ledger, &city),
            outside: outside.iter().map(|region| region.id.clone()).collect(),
            prefixes: counties
                .iter()
                .filter(|region| region.id.as_str().len() == 6)
                .map(|region| region.id.to_string())
                .collect(),
            above_id,
            city,
        },
    ))
}

/// The regions of a level in another, in the order of their ids.
fn within<'a>(regions: &'a RegionTree, level: RegionLevel, of: &RegionId) -> Vec<&'a Region> {
    let mut found: Vec<&Region> = regions
        .iter()
        .filter(|region| region.level == level && regions.within(&region.id, of))
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

struct TownParts {
    villages: Vec<(RegionId, RegionId)>,
    outside: Vec<RegionId>,
    prefixes: Vec<String>,
    above_id: RegionId,
    city: RegionId,
}

fn villages(ledger: &Ledger, city: &RegionId) -> Vec<(RegionId, RegionId)> {
    let snapshot = ledger.snapshot();
    let mut found: Vec<(RegionId, RegionId)> = snapshot
        .regions
        .iter()
        .filter(|region| region.level == RegionLevel::Village && snapshot.regions.within(&region.id, city))
        .filter_map(|region| Some((region.id.clone(), region.parent.clone()?)))
        .collect();
    found.sort();
    found
}

/// Organisations to be made, each with the role of its account.
#[derive(Default)]
struct Plan {
    orgs: Vec<NewOrg>,
    roles: Vec<&'static str>,
}

impl Plan {
    #[expect(clippy::too_many_arguments, reason = "one line of the town's table")]
    fn add(
        &mut self,
        kind: &str,
        role: &'static str,
        place: &Words,
        what: (&str, &str),
        region: RegionId,
        sector: Option<&str>,
        function: Option<&str>,
    ) {
        let functions = function.map(|function| Function {
            function: function.to_owned(),
            region: Some(region.clone()),
        });
        self.orgs.push(NewOrg {
            id: None,
            kind_type: kind.to_owned(),
            name: Words::new(format!("{}{}", place.zh, what.0), format!("{} {}", place.en, what.1)),
            region,
            sector: sector.map(str::to_owned),
            parent: None,
            functions: functions.into_iter().collect(),
        });
        self.roles.push(role);
    }

    /// A community office in each township.
    fn add_communities(&mut self, townships: &[&Region]) {
        for township in townships {
            self.add(
                "community",
                "grid-worker",
                &township.name,
                ("社区服务站", "community office"),
                township.id.clone(),
                None,
                Some("community"),
            );
        }
    }

    /// Who sees people daily in one county: two schools, a hotel and perhaps a unit, all at its seat.
    fn add_home(&mut self, place: &Words, seat: &RegionId, has_unit: bool) {
        for (zh, en) in [
            ("实验小学", "experimental primary school"),
            ("第二中学", "second middle school"),
        ] {
            self.add(
                "school",
                "school",
                place,
                (zh, en),
                seat.clone(),
                Some("education"),
                None,
            );
        }
        self.add(
            "hotel",
            "hotel",
            place,
            ("宾馆", "hotel"),
            seat.clone(),
            Some("culture"),
            None,
        );
        if has_unit {
            self.add(
                "reporting_unit",
                "unit",
                place,
                ("机械厂", "works"),
                seat.clone(),
                Some("industry"),
                None,
            );
        }
    }

    /// Two pharmacies at the seat of a county.
    fn add_pharmacies(&mut self, place: &Words, seat: &RegionId) {
        for (zh, en) in [("第一药店", "first pharmacy"), ("第二药店", "second pharmacy")] {
            self.add("drugstore", "drugstore", place, (zh, en), seat.clone(), None, None);
        }
    }

    fn make(self, ledger: &Ledger) -> Outcome<Vec<(NewOrg, Author)>> {
        let ids = wait(ledger.add_orgs(Author::system(), self.orgs.clone()))?;
        // One hash for all: it is of a secret that nobody is told, and hashing hundreds would take minutes.
        let hash = hash_password(&ledger.new_secret()?, PasswordWork::Trial)?;
        let login = |((org, role), id): ((&NewOrg, &&'static str), &SubjectId)| NewLogin {
            name: format!("{role}-{}-{}", org.region, &id.to_string()[30..]),
            password_hash: hash.clone(),
            role: (*role).to_owned(),
            org: Some(*id),
            person: None,
            expires_at: None,
            totp_secret: None,
            token: None,
        };
        let logins: Vec<NewLogin> = self.orgs.iter().zip(&self.roles).zip(&ids).map(login).collect();
        let login_ids = wait(ledger.add_logins(Author::system(), logins))?;
        let author = |role: &str, org: SubjectId, login: LoginId| Author {
            login: Some(login),
            device: None,
            owner: None,
            role: role.to_owned(),
            org: Some(org),
            channel: "api",
        };
        let rows = self
            .orgs
            .into_iter()
            .zip(self.roles)
            .zip(ids.into_iter().zip(login_ids));
        Ok(rows
            .map(|((org, role), (id, login))| (NewOrg { id: Some(id), ..org }, author(role, id, login)))
            .collect())
    }
}

fn settle(dice: &mut Dice, made: Vec<(NewOrg, Author)>, accounts: &[Account], parts: TownParts) -> Town {
    let by_role: HashMap<String, Author> = accounts
        .iter()
        .map(|account| (account.role.clone(), account.author()))
        .collect();
    let mut authors: HashMap<SubjectId, Author> =
        accounts.iter().map(|account| (account.org, account.author())).collect();
    let fallback = by_role.get("command").cloned().unwrap_or_else(Author::system);
    let (mut communities, mut schools) = (HashMap::new(), Vec::new());
    let (mut hotels, mut units, mut pharmacies) = (Vec::new(), Vec::new(), Vec::new());
    let mut above = fallback;
    for (org, author) in made {
        let Some(id) = org.id else { continue };
        match author.role.as_str() {
            "grid-worker" => drop(communities.insert(org.region.clone(), id)),
            "school" => schools.push(school(dice, id, &org, schools.len())),
            "hotel" => hotels.push((id, org.region.clone())),
            "unit" => units.push(id),
            "drugstore" => pharmacies.push((id, org.region.clone())),
            _ => above = author.clone(),
        }
        authors.insert(id, author);
    }
    let mut outside = parts.outside;
    let high = outside.pop().into_iter().collect();
    let medium = outside.split_off(outside.len().saturating_sub(2));
    let calm = if outside.is_empty() { medium.clone() } else { outside };
    let places = Places {
        villages: parts.villages,
        calm,
        medium,
        high,
        id_prefixes: parts.prefixes,
    };
    Town {
        places,
        authors,
        communities,
        schools,
        hotels,
        pharmacies,
        units,
        by_role,
        above: (above, parts.above_id),
        city: parts.city,
    }
}

fn school(dice: &mut Dice, org: SubjectId, made: &NewOrg, index: usize) -> School {
    let class = |n: usize, dice: &mut Dice| {
        let name = format!("{}{}班", made.name.zh, n + 1);
        (format!("demo-{index}/{}", n + 1), name, dice.between(36, 52))
    };
    School {
        org,
        region: made.region.clone(),
        classes: (0..CLASSES).map(|n| class(n, dice)).collect(),
        is_silent: index % 7 == 5,
    }
}
