//! The loader: sources to a checked model, or all findings at once.
//!
//! To add a table to the language: list it in `gather`, give it a file here that reads it with `table::Table`, and a
//! struct in [`crate::model`]. To add a key: name it in the file's `KEYS`. A word that says nothing any more stands in
//! `replaced`, so that a pack using it is told what does.

mod accounts;
mod across;
mod allocations;
mod balances;
mod briefings;
mod compile;
mod conditions;
mod coverage;
mod cycles;
mod draws;
mod embargo;
mod enrol;
mod field_named;
mod fields;
mod figures;
mod finding;
mod floors;
mod from_post;
mod gather;
mod guards;
mod holds;
mod indicators;
mod items;
mod lists;
mod log;
mod looks;
mod matchings;
mod modules;
mod names;
mod opened_set;
mod openings;
mod profiles;
mod protocols;
mod reach;
mod registers;
mod releases;
mod replaced;
mod roles;
mod rules;
mod schema;
mod settings;
mod table;
mod tasks;
mod tree;
mod units;
mod watch;

pub use finding::{Finding, FindingSeverity, Source};
pub use items::{Item, ItemKey, Items, items};
pub use schema::json_schema;

use crate::expr::parse::STACK_BYTES;
use crate::expr::world::{FigureTy, RegisterTy, World};
use crate::model::{CodeList, CodeValue, Indicator, Model, Posting, Protocol, Watched};
use fields::Known;
use gather::Decls;
use lianfang_kernel::{Words, hex};
use log::Log;
use registers::Draft;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Packs that hold no error.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What they say.
    pub model: Model,
    /// What somebody should look at.
    pub warnings: Vec<Finding>,
}

/// Reads and checks all packs with a city's overlay.
///
/// # Errors
/// Every error found in this run, ordered by file, line and column.
pub fn load(packs: &[Source], overlay: &[Source]) -> Result<Loaded, Vec<Finding>> {
    // The parser of conditions recurses deeper than a small thread's stack holds.
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new()
            .name("packs".to_owned())
            .stack_size(STACK_BYTES);
        let spawned = builder.spawn_scoped(scope, || load_here(packs, overlay));
        spawned
            .ok()
            .and_then(|thread| thread.join().ok())
            .unwrap_or_else(|| Err(vec![not_run()]))
    })
}

fn not_run() -> Finding {
    Finding {
        file: String::new(),
        line: 0,
        column: 0,
        what: Words::new("装载程序未能运行", "the loader could not run"),
        hint: Words::new("请检查内存后重试", "check the memory and try again"),
        severity: FindingSeverity::Error,
    }
}

fn load_here(packs: &[Source], overlay: &[Source]) -> Result<Loaded, Vec<Finding>> {
    let mut log = Log::default();
    let mut parsed = gather::parse(&mut log, packs, false);
    parsed.extend(gather::parse(&mut log, overlay, true));
    profiles::add_registers(&mut parsed);
    let decls = gather::gather(&mut log, &parsed);
    let model = build(&mut log, &decls);
    let (errors, warnings) = log.finish();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut model = model;
    model.digest = digest(packs, overlay);
    Ok(Loaded { model, warnings })
}

fn build(log: &mut Log, decls: &Decls<'_>) -> Model {
    floors::check(log, decls);
    let mut world = World::default();
    let mut model = Model {
        packs: names::packs(log, decls),
        types: names::types(log, decls),
        ..Model::default()
    };
    model.lists = lists::lists(log, decls, &model.packs);
    for list in [names::campaign_plans(log, decls), names::qualifiers()] {
        model.lists.entry(list.id.clone()).or_insert(list);
    }
    world.types = model.types.iter().map(|(id, kind)| (id.clone(), kind.of)).collect();
    world.lists = names::built_in_lists();
    world.lists.extend(model.lists.clone());
    (model.settings, world.settings) = settings::settings(log, decls, &model.lists);

    let drafts = read_registers(log, decls, &world);
    let rule_drafts = rules::drafts(log, decls);
    rules::results(log, &rule_drafts, &mut world);
    for draft in &drafts {
        let record = Arc::new(world.register_ty(&draft.schema, &registers::filled(draft)));
        let kind = world.subject_kind(&draft.schema);
        let register = RegisterTy {
            schema: draft.schema.clone(),
            record,
            kind,
            per: registers::hold_per(draft),
        };
        world.registers.insert(draft.decl.id.to_owned(), register);
    }
    world.profiles = profiles::profiles(log, decls, &world);
    let given = |world: &World, rule: &str, name: &str| conditions::given_rows(world, &drafts, rule, name);
    rules::inputs(log, &rule_drafts, &mut world, &given);
    let editions = protocols::editions(log, decls);
    world.protocols = protocols::outlines(&editions);
    add_outcome_lists(&mut world);

    model.rules = rules::compile(log, &rule_drafts, &mut world);
    model.accounts = accounts::accounts(log, decls, &world);
    let postings = drafts.iter().filter_map(|draft| {
        let posting = accounts::posting(log, draft, &model.accounts, &world)?;
        Some((draft.decl.id.to_owned(), posting))
    });
    let mut postings: BTreeMap<String, Posting> = postings.collect();
    accounts::check_scales(log, &drafts, &postings, &mut model.accounts);
    let scales = model.accounts.iter().map(|(id, account)| (id.clone(), account.scale));
    world.accounts = scales.collect();
    for draft in &drafts {
        let register = conditions::register(log, draft, postings.remove(draft.decl.id), &world);
        model.registers.insert(draft.decl.id.to_owned(), Arc::new(register));
    }
    model.guards = guards::guards(log, decls, &world);
    check_look_counts(log, decls, &model);
    model.indicators = indicators::indicators(log, decls, (&model.accounts, &model.guards), &world);
    world.figures = model.indicators.iter().map(figure_ty).collect();
    let read = editions
        .iter()
        .filter_map(|edition| protocols::protocol(log, edition, decls, &world));
    let mut protocols: Vec<Arc<Protocol>> = read.map(Arc::new).collect();
    protocols.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
    across::close_by_the_next(&mut protocols);
    across::check(log, &editions, &protocols);
    model.over_enrolled = across::over_enrolled(log, &editions, &protocols);
    model.watched = Watched::new(&protocols, &model.indicators);
    model.protocols = protocols;
    stand_on_all(log, decls, &world, &mut model);
    model
}

/// What names items of every other table: briefings, roles, modules of the program, the rows that are met.
fn stand_on_all(log: &mut Log, decls: &Decls<'_>, world: &World, model: &mut Model) {
    model.briefings = briefings::briefings(log, decls, &model.indicators);
    model.roles = roles::roles(log, decls, world);
    modules::check(log, decls, model);
    add_meets(model);
}

fn figure_ty((id, indicator): (&String, &Arc<Indicator>)) -> (String, FigureTy) {
    let figure = FigureTy {
        by: indicator.by.clone(),
        scale: indicator.scale,
    };
    (id.clone(), figure)
}

fn read_registers<'d>(log: &mut Log, decls: &Decls<'d>, world: &World) -> Vec<Draft<'d>> {
    let ids: BTreeSet<&str> = decls.ids("register").collect();
    let rules: BTreeSet<&str> = decls.ids("rule").collect();
    let roles: BTreeSet<&str> = decls.ids("role").collect();
    let known = Known {
        lists: &world.lists,
        types: &world.types,
        registers: &ids,
        rules: &rules,
        roles: &roles,
    };
    registers::registers(log, decls, &known)
}

/// The outcomes of each protocol as a list, so that `watch.outcome == 'released'` is checked like any code; and all
/// states of all of them, for indicators.
fn add_outcome_lists(world: &mut World) {
    let built_in = ["merged", "withdrawn"];
    let mut states: BTreeSet<&str> = BTreeSet::from(["active"]);
    states.extend(built_in);
    let mut lists = Vec::new();
    for (id, protocol) in &world.protocols {
        let outcomes = protocol.outcomes.iter().map(String::as_str);
        states.extend(outcomes.clone());
        lists.push(plain_list(&looks::outcomes_list(id), outcomes.chain(built_in)));
    }
    lists.push(plain_list(indicators::STATES, states.into_iter()));
    world
        .lists
        .extend(lists.into_iter().map(|list| (list.id.clone(), list)));
}

fn plain_list<'v>(id: &str, values: impl Iterator<Item = &'v str>) -> CodeList {
    let values = values.map(|id| CodeValue {
        id: id.to_owned(),
        title: Words::same(id),
        rank: None,
    });
    CodeList {
        id: id.to_owned(),
        title: Words::same(id),
        values: values.collect(),
    }
}

/// A register and the guards on it together read the ledger at most so often.
fn check_look_counts(log: &mut Log, decls: &Decls<'_>, model: &Model) {
    for (id, register) in &model.registers {
        let guards = model.guards.values().filter(|guard| guard.on.iter().any(|on| on == id));
        let count = register.looks.len() + guards.map(|guard| guard.looks.len()).sum::<usize>();
        if let Some(decl) = decls.find("register", id)
            && count > conditions::MOST_LOOKS
        {
            let most = conditions::MOST_LOOKS;
            log.error(
                decl.at,
                (
                    format!("登记表 {id} 及其守则共 {count} 个 look，上限 {most}"),
                    format!("register {id} and its guards have {count} looks, the limit is {most}"),
                ),
                ("请合并 look 或守则", "join looks or guards"),
            );
        }
    }
}

/// The rows that each pack's items meet.
fn add_meets(model: &mut Model) {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    rows.extend(
        model
            .registers
            .values()
            .map(|item| (item.schema.pack.clone(), item.schema.meets.clone())),
    );
    rows.extend(model.rules.values().map(|item| (item.pack.clone(), item.meets.clone())));
    rows.extend(
        model
            .guards
            .values()
            .map(|item| (item.pack.clone(), item.meets.clone())),
    );
    rows.extend(
        model
            .protocols
            .iter()
            .map(|item| (item.pack.clone(), item.meets.clone())),
    );
    rows.extend(
        model
            .indicators
            .values()
            .map(|item| (item.pack.clone(), item.meets.clone())),
    );
    rows.extend(
        model
            .briefings
            .values()
            .map(|item| (item.pack.clone(), item.meets.clone())),
    );
    for (pack, meets) in rows {
        if let Some(pack) = model.packs.get_mut(&pack) {
            pack.meets.extend(meets);
        }
    }
    for pack in model.packs.values_mut() {
        pack.meets.sort_by_key(|row| {
            (
                row.get(..1).map(str::to_owned),
                row.get(1..).and_then(|n| n.parse::<u16>().ok()),
            )
        });
        pack.meets.dedup();
    }
}

/// SHA-256 over the sources by path, line ends made one: what an activation names.
fn digest(packs: &[Source], overlay: &[Source]) -> String {
    let mut sources: Vec<(bool, &Source)> = packs.iter().map(|source| (false, source)).collect();
    sources.extend(overlay.iter().map(|source| (true, source)));
    sources.sort_by(|a, b| (a.0, &a.1.path).cmp(&(b.0, &b.1.path)));
    let mut hash = Sha256::new();
    for (is_overlay, source) in sources {
        hash.update([u8::from(is_overlay)]);
        for part in [source.path.as_str(), source.text.replace("\r\n", "\n").trim_end()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hex(hash.finalize())
}
