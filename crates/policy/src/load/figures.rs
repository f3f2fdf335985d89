//! Indicators made of other indicators: streaks, estimates and formulas.

use super::compile::expr;
use super::cycles::find_cycle;
use super::gather::{Decl, Decls};
use super::indicators::Made;
use super::log::{At, Log};
use super::table::Table;
use super::tasks::role;
use crate::expr::check::known_hint;
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::World;
use crate::model::{Estimator, Indicator, IndicatorKind, WallPlace};
use lianfang_kernel::Words;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most figures of one formula.
const MOST_FIGURES: usize = 8;

/// A streak, an estimate or a formula.
pub(super) fn of_figures(
    log: &mut Log,
    decl: &Decl<'_>,
    table: &Table<'_>,
    decls: &Decls<'_>,
    world: &World,
    made: Made,
) -> Option<Indicator> {
    for key in ["where", "distinct", "value", "complete", "base", "fold"] {
        if table.get(key).is_some() {
            log.error(
                table.place(key),
                (
                    format!("由其他指标得出的指标没有 {key}"),
                    format!("a figure made of other figures takes no {key}"),
                ),
                ("请写在所依据的指标中", "write it in the figure it is made of"),
            );
        }
    }
    let of = named(log, table, decls)?;
    let kind = match made {
        Made::Streak => streak(log, table, &of)?,
        Made::Module => estimate(log, table, &of, world)?,
        _ => formula(log, table, of, world)?,
    };
    let ends = matches!(kind, IndicatorKind::Streak { ended: true, .. });
    let usual = match made {
        Made::Streak => Words::new("天", "days"),
        _ => Words::same(""),
    };
    let by = table.texts(log, "by").into_iter().filter_map(|(name, spot)| {
        // That its figures have the part too is checked once all are known.
        let is_day = name == "day";
        if (made == Made::Formula && name != "state") || (made == Made::Module && is_day) || (ends && is_day) {
            return Some(name.to_owned());
        }
        not_by(log, spot.place(), name);
        None
    });
    let by = by.collect();
    Some(Indicator {
        id: decl.id.to_owned(),
        pack: decl.pack.clone(),
        title: table.title(log, decl.id),
        help: table.words(log, "help"),
        kind,
        scale: 0,
        filter: None,
        by,
        unit: table.words(log, "unit").unwrap_or(usual),
        public: table.flag(log, "public"),
        names_to: role(log, table, "names_to", decls),
        suppress_below: table.int(log, "suppress_below", 1, 1_000),
        complete: None,
        wall: table.choice(log, "wall", &WallPlace::ALL),
        meets: table.meets(log),
    })
}

fn not_by(log: &mut Log, at: At, name: &str) {
    log.error(
        at,
        (
            format!("不能按 {name} 分组"),
            format!("a figure is not broken down by {name}"),
        ),
        (
            "formula 可用所依据的每个指标都有的分组",
            "a formula takes what every figure it is made of is broken down by",
        ),
    );
}

fn named(log: &mut Log, table: &Table<'_>, decls: &Decls<'_>) -> Option<Vec<String>> {
    table.required(log, "of");
    let mut of = Vec::new();
    for (name, spot) in table.texts(log, "of") {
        if decls.find("indicator", name).is_none() {
            let hint = known_hint(name, decls.ids("indicator"));
            log.error(
                spot.place(),
                (format!("没有指标 {name}"), format!("there is no indicator {name}")),
                hint,
            );
            return None;
        }
        of.push(name.to_owned());
    }
    if of.len() > MOST_FIGURES {
        log.error(
            table.place("of"),
            (
                format!("一个指标最多由 {MOST_FIGURES} 个指标得出"),
                format!("a figure is made of {MOST_FIGURES} figures at most"),
            ),
            ("请分两步", "make it in two steps"),
        );
    }
    (!of.is_empty()).then_some(of)
}

fn streak(log: &mut Log, table: &Table<'_>, of: &[String]) -> Option<IndicatorKind> {
    if of.len() > 1 {
        log.error(
            table.place("of"),
            ("streak 只依据一个指标", "a streak is of one figure"),
            ("请留下一个", "keep one"),
        );
    }
    table.required(log, "equals")?;
    Some(IndicatorKind::Streak {
        of: of.first()?.clone(),
        equals: table.int(log, "equals", i64::MIN + 1, i64::MAX)?,
        ended: table.flag(log, "ended"),
    })
}

/// An estimate over the days of one figure.
fn estimate(log: &mut Log, table: &Table<'_>, of: &[String], world: &World) -> Option<IndicatorKind> {
    if of.len() > 1 {
        log.error(
            table.place("of"),
            ("module 只依据一个指标", "an estimate is of one figure"),
            ("请留下一个", "keep one"),
        );
    }
    table.required(log, "module")?;
    let known = [
        ("ears", Estimator::Ears),
        ("growth", Estimator::Growth),
        ("rt", Estimator::Rt),
    ];
    let module = table.choice(log, "module", &known)?;
    let lacks = |id: &&&str| !world.settings.contains_key(**id);
    if module == Estimator::Rt
        && let Some(setting) = ["serial_interval_mean", "serial_interval_sd"].iter().find(lacks)
    {
        log.error(
            table.place("module"),
            (
                format!("rt 需要设置 {setting}"),
                format!("rt needs the setting {setting}"),
            ),
            ("由能力包 surveillance 提供", "the pack surveillance has it"),
        );
    }
    Some(IndicatorKind::Module {
        of: of.first()?.clone(),
        module,
    })
}

/// The figures have their ids as names, `-` written `_`.
fn formula(log: &mut Log, table: &Table<'_>, of: Vec<String>, world: &World) -> Option<IndicatorKind> {
    let spot = table.required(log, "expr")?;
    let of: Vec<(String, String)> = of.into_iter().map(|id| (id.replace('-', "_"), id)).collect();
    let vars = of.iter().map(|(name, _)| (name.clone(), Ty::Int));
    let scope = Scope::new(world, Site::Rows).vars(vars);
    let expr = expr(log, Some(spot), &scope, Ty::Int)?;
    Some(IndicatorKind::Formula { of, expr })
}

/// Whether the days of a figure can be read one by one.
fn adds_up_by_day(indicator: &Indicator) -> bool {
    let adds_up = match &indicator.kind {
        IndicatorKind::Count { distinct, pick, .. } => distinct.is_none() && pick.is_none(),
        IndicatorKind::Sum { pick, .. } => pick.is_none(),
        _ => false,
    };
    adds_up && indicator.by.iter().any(|by| by == "day")
}

/// What is checked once all figures are known: a streak is of a figure that says when it is complete; formulas do not run
/// in a circle; figures of one formula share their unit, unless it names its own.
pub(super) fn check_figures(log: &mut Log, decls: &Decls<'_>, made: &BTreeMap<String, Arc<Indicator>>) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for decl in decls.of("indicator") {
        let Some(indicator) = made.get(decl.id) else { continue };
        match &indicator.kind {
            IndicatorKind::Streak { of, .. } => {
                if let Some(target) = made.get(of)
                    && target.complete.is_none()
                {
                    log.error(
                        decl.at,
                        (
                            format!("指标 {of} 没有 complete，不报与零分不清"),
                            format!("indicator {of} has no complete: silence would pass for a zero"),
                        ),
                        (
                            "给它写 complete = \"协议/任务\"",
                            "give it complete = \"protocol/task\"",
                        ),
                    );
                }
                edges.insert(&indicator.id, vec![of]);
            }
            IndicatorKind::Module { of, .. } => {
                if made.get(of).is_some_and(|target| !adds_up_by_day(target)) {
                    log.error(
                        decl.at,
                        (
                            format!("指标 {of} 不是逐日累加的"),
                            format!("indicator {of} does not add up by day"),
                        ),
                        ("用按 day 的 count 或 sum", "use a count or a sum by day"),
                    );
                }
                edges.insert(&indicator.id, vec![of]);
            }
            IndicatorKind::Formula { of, .. } => {
                let parts = of.iter().filter_map(|(_, id)| made.get(id));
                let lacks = |by: &&String| parts.clone().any(|part| !part.by.contains(by));
                if let Some(by) = indicator.by.iter().find(lacks) {
                    not_by(log, decl.at, by);
                }
                let units: Vec<&Words> = of.iter().filter_map(|(_, id)| made.get(id)).map(|i| &i.unit).collect();
                if indicator.unit.zh.is_empty() && units.windows(2).any(|pair| pair[0] != pair[1]) {
                    log.error(
                        decl.at,
                        ("所依据的指标单位不同", "the figures it is made of have different units"),
                        ("请写明 unit", "say its unit"),
                    );
                }
                edges.insert(&indicator.id, of.iter().map(|(_, id)| id.as_str()).collect());
            }
            _ => {}
        }
    }
    if let Some(cycle) = find_cycle(&edges)
        && let Some(decl) = decls.find("indicator", cycle[0])
    {
        let path = cycle.join(" → ");
        log.error(
            decl.at,
            (
                format!("指标互相依据：{path}"),
                format!("figures are made of each other: {path}"),
            ),
            ("请去掉其中一步", "leave one of the steps out"),
        );
    }
}
