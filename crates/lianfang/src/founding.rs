//! A new installation: regions, city, packs in force, first accounts.

use crate::activation::{self, Activation, PackSources};
use crate::failure::{Failure, Outcome};
use crate::posts::{self, Account};
use crate::store::{Store, wait};
use crate::{embedded, key_file};
use lianfang_exchange::{RegionRow, read_region_files};
use lianfang_kernel::{Clock, Region, RegionId, RegionLevel, Words};
use lianfang_ledger::Ledger;
use lianfang_ledger::accounts::PasswordWork;
use lianfang_policy::Model;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Digits of the code of a province.
const PROVINCE_DIGITS: usize = 2;

/// What a new installation is made of.
pub struct Founding {
    /// Its city: a prefecture (`6205`) or narrower; or a whole province (`22`).
    pub city: String,
    /// Its region tree.
    pub regions: Vec<Region>,
    /// The packs.
    pub sources: PackSources,
    /// The same, checked.
    pub model: Arc<Model>,
    /// Synthetic people.
    pub demonstration: bool,
    /// Its clock may be moved.
    pub test_clock: bool,
    /// Whether every role gets an account; otherwise only the administrator does.
    pub every_role: bool,
}

/// Makes the installation. What was begun and not ended is told at the next start.
///
/// # Errors
/// The key file, the database, the regions.
pub fn found(store: &Store, founding: &Founding, clock: Arc<dyn Clock>) -> Outcome<(Ledger, Vec<Account>)> {
    let master = if store.key_path.exists() {
        store.master()?
    } else {
        key_file::create(&store.key_path)?
    };
    store.migrate()?;
    mark(store, founding)?;
    let ledger = store.ledger_with(master, founding.model.clone(), clock)?;
    let city = RegionId::new(&founding.city);
    let Some(region) = founding.regions.iter().find(|region| region.id == city) else {
        return Err(Failure::new(
            Words::new(
                format!("区划表里没有城市 {city}"),
                format!("the city {city} is not in the list of regions"),
            ),
            Words::new("请核对 --city 与 --regions", "check --city and --regions"),
        ));
    };
    let name = region.name.clone();
    wait(ledger.import_regions(founding.regions.clone(), false))?;
    wait(ledger.set_city(city.clone()))?;
    let activation = Activation {
        digest: founding.model.digest.clone(),
        at: ledger.now(),
        author: "lianfang".to_owned(),
        approver: "installation".to_owned(),
    };
    activation::activate(store, &founding.sources, &activation)?;
    let roles = only(&founding.model, founding.every_role);
    let work = PasswordWork::of(founding.test_clock || founding.demonstration);
    let mut accounts = posts::make(&ledger, &roles, (&city, &name), (work, founding.demonstration))?;
    accounts.sort_by(|a, b| a.login.cmp(&b.login));
    if founding.every_role {
        let text = serde_json::to_string(&accounts).unwrap_or_default();
        wait(ledger.set_meta("logins", text))?;
    }
    Ok((ledger, accounts))
}

/// Says that the installation is whole.
///
/// # Errors
/// The database.
pub fn complete(ledger: &Ledger) -> Outcome {
    wait(ledger.set_meta("complete", "1".to_owned()))
}

/// The marks stand before anything else, so that a half-made demonstration is never taken for a real city.
fn mark(store: &Store, founding: &Founding) -> Outcome {
    let mut writer = store.writer()?;
    let sql = "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    for (name, is_set) in [
        ("demonstration", founding.demonstration),
        ("test_clock", founding.test_clock),
    ] {
        writer.execute(sql, &[name.into(), if is_set { "1" } else { "0" }.into()])?;
    }
    Ok(())
}

/// The model with the roles that get an account.
fn only(model: &Model, every_role: bool) -> Model {
    let mut model = model.clone();
    if !every_role {
        model.roles.retain(|_, role| role.admin);
    }
    model
}

/// The region tree for a city: a file, or the one the binary carries for its prefecture, and around it the whole
/// country down to counties, so that a stay elsewhere has a name. What the city's own list says holds.
///
/// # Errors
/// The file cannot be read; no tree is carried for that city.
pub fn regions_for(city: &str, file: Option<&Path>) -> Outcome<Vec<Region>> {
    let own = match file {
        Some(path) => std::fs::read(path).map_err(|error| Failure::file(path, error))?,
        // A province has no list of its own: the country's reaches down to its counties.
        None if city.len() == PROVINCE_DIGITS => embedded::country().ok_or_else(|| no_tree(city))?,
        None => embedded::regions(city.get(..4).unwrap_or(city)).ok_or_else(|| no_tree(city))?,
    };
    let mut regions: BTreeMap<(RegionLevel, RegionId), Region> = BTreeMap::new();
    for list in embedded::country().iter().chain([&own]) {
        let import =
            read_region_files([list.as_slice()], &|_| false).map_err(|error| Failure::from(error.problem()))?;
        let rows = import.rows.into_iter().map(region_of);
        regions.extend(rows.map(|region| ((region.level, region.id.clone()), region)));
    }
    Ok(regions.into_values().collect())
}

/// A region of the ledger from a row of a list.
pub fn region_of(row: RegionRow) -> Region {
    Region {
        id: RegionId::new(&row.code),
        name: Words::same(row.name),
        level: row.level,
        parent: row.parent.as_deref().map(RegionId::new),
        valid_from: row.valid_from,
        valid_to: None,
        code: row.code,
    }
}

fn no_tree(city: &str) -> Failure {
    let known = embedded::cities().join(", ");
    Failure::usage(
        Words::new(
            format!("程序没有 {city} 的区划表"),
            format!("the program carries no regions of {city}"),
        ),
        Words::new(
            format!("自带：{known}；其他城市用 --regions 文件"),
            format!("it carries {known}; for another city give --regions FILE"),
        ),
    )
}
