//! Who infected whom: clusters, generations, serial intervals.
//!
//! From a line list and pairs of infector and infectee. Where several infectors are named for one case the one who fell ill first
//! before it is taken, and that is told. A chain knows only what was asked: a case without an infector begins a cluster
//! because its infector is unknown, not because there was none.

use crate::Result;
use lianfang_kernel::{Day, Problem, Words};
use std::collections::{BTreeSet, HashMap};

/// A case of the line list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What pairs name it by.
    pub id: String,
    /// When it fell ill, where known.
    pub onset: Option<Day>,
}

/// A case in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its place in the line list.
    pub case: usize,
    /// Cluster, from 1, in the order of the line list.
    pub cluster: usize,
    /// Generation: 0 begins a cluster.
    pub generation: usize,
    /// Place of whom it was infected by.
    pub infector: Option<usize>,
    /// How many it infected.
    pub infected: usize,
    /// Days from the infector's onset to its own; negative where the infector fell ill later.
    pub serial_interval_days: Option<i64>,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// From 1.
    pub number: usize,
    /// Place of the case that begins it.
    pub first: usize,
    /// Cases.
    pub size: usize,
    /// The highest generation.
    pub generations: usize,
    /// First and last onset, where any is known.
    pub onsets: Option<(Day, Day)>,
}

/// All chains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chains {
    /// One a case, in the order of the line list.
    pub links: Vec<Link>,
    /// All clusters, also of one case.
    pub clusters: Vec<Cluster>,
    /// What a reader must know.
    pub warnings: Vec<Words>,
}

/// Builds the chains; a pair is infector and infectee.
///
/// ```
/// use lianfang_epi::chains::{Case, chains};
/// let case = |id: &str| Case { id: id.to_owned(), onset: None };
/// let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
/// let found = chains(&[case("a"), case("b"), case("c")], &[pair("a", "b"), pair("b", "c")])?;
/// assert_eq!((found.clusters.len(), found.links[2].generation), (1, 2));
/// # Ok::<(), lianfang_kernel::Problem>(())
/// ```
///
/// # Errors
/// The same case twice, a case that infected itself, or a ring of infections.
pub fn chains(cases: &[Case], pairs: &[(String, String)]) -> Result<Chains> {
    let places = places(cases)?;
    let mut warnings = Vec::new();
    let infectors = infectors(cases, pairs, &places, &mut warnings)?;
    let order = in_order(cases, &infectors)?;
    let mut links: Vec<Link> = (0..cases.len())
        .map(|case| Link {
            case,
            cluster: 0,
            generation: 0,
            infector: infectors[case],
            infected: infectors.iter().filter(|infector| **infector == Some(case)).count(),
            serial_interval_days: infectors[case].and_then(|from| Some(cases[from].onset?.until(cases[case].onset?))),
        })
        .collect();
    let mut roots: Vec<usize> = (0..cases.len()).filter(|case| infectors[*case].is_none()).collect();
    roots.sort_unstable();
    for (number, root) in roots.iter().enumerate() {
        links[*root].cluster = number + 1;
    }
    for case in order {
        if let Some(from) = infectors[case] {
            (links[case].cluster, links[case].generation) = (links[from].cluster, links[from].generation + 1);
        }
    }
    let early = links
        .iter()
        .filter(|link| link.serial_interval_days.is_some_and(|days| days < 0))
        .count();
    if early > 0 {
        warnings.push(Words::new(
            format!("{early}例的发病早于其感染来源：请核对方向和日期"),
            format!("{early} cases fell ill before their infector: check direction and dates"),
        ));
    }
    let clusters = roots.iter().map(|root| cluster(cases, &links, *root)).collect();
    Ok(Chains {
        links,
        clusters,
        warnings,
    })
}

fn places(cases: &[Case]) -> Result<HashMap<&str, usize>> {
    let mut places = HashMap::new();
    for (place, case) in cases.iter().enumerate() {
        if places.insert(case.id.as_str(), place).is_some() {
            return Err(Problem::new(
                "case_twice",
                Words::new(
                    format!("病例 {} 在名单中出现两次", case.id),
                    format!("case {} is in the line list twice", case.id),
                ),
                Words::new("每例只保留一行", "keep one row for each case"),
            ));
        }
    }
    Ok(places)
}

/// The one infector of each case.
fn infectors(
    cases: &[Case],
    pairs: &[(String, String)],
    places: &HashMap<&str, usize>,
    warnings: &mut Vec<Words>,
) -> Result<Vec<Option<usize>>> {
    let mut named: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); cases.len()];
    let mut strangers = 0;
    for (from, to) in pairs {
        match (places.get(from.as_str()), places.get(to.as_str())) {
            (Some(from), Some(to)) if from == to => return Err(ring(&cases[*from].id)),
            (Some(from), Some(to)) => {
                named[*to].insert(*from);
            }
            _ => strangers += 1,
        }
    }
    if strangers > 0 {
        warnings.push(Words::new(
            format!("{strangers}对中有人不在病例名单，未计入"),
            format!("{strangers} pairs name somebody who is not in the line list and were left out"),
        ));
    }
    let ambiguous = named.iter().filter(|from| from.len() > 1).count();
    if ambiguous > 0 {
        warnings.push(Words::new(
            format!("{ambiguous}例有多个可能的感染来源，取其中最早发病者"),
            format!("{ambiguous} cases have several possible infectors; the one who fell ill first is taken"),
        ));
    }
    // Whoever fell ill after the case is taken only when nobody before it is named.
    let key = |from: &usize, to: usize| {
        let (a, b) = (cases[*from].onset, cases[to].onset);
        (a.is_some_and(|a| b.is_some_and(|b| a > b)), a.is_none(), a, *from)
    };
    let best = |(to, from): (usize, &BTreeSet<usize>)| from.iter().min_by_key(|from| key(from, to)).copied();
    Ok(named.iter().enumerate().map(best).collect())
}

/// Every case after its infector.
fn in_order(cases: &[Case], infectors: &[Option<usize>]) -> Result<Vec<usize>> {
    let mut order = Vec::with_capacity(cases.len());
    let mut is_done = vec![false; cases.len()];
    for start in 0..cases.len() {
        let (mut path, mut at) = (Vec::new(), Some(start));
        while let Some(case) = at.filter(|case| !is_done[*case]) {
            if path.len() > cases.len() {
                return Err(ring(&cases[case].id));
            }
            path.push(case);
            at = infectors[case];
        }
        for case in path.into_iter().rev() {
            is_done[case] = true;
            order.push(case);
        }
    }
    Ok(order)
}

fn cluster(cases: &[Case], links: &[Link], root: usize) -> Cluster {
    let number = links[root].cluster;
    let own = || links.iter().filter(|link| link.cluster == number);
    let onsets = || own().filter_map(|link| cases[link.case].onset);
    Cluster {
        number,
        first: root,
        size: own().count(),
        generations: own().map(|link| link.generation).max().unwrap_or_default(),
        onsets: onsets().min().zip(onsets().max()),
    }
}

fn ring(id: &str) -> Problem {
    Problem::new(
        "chain_ring",
        Words::new(
            format!("病例 {id} 处在循环的传播链中"),
            format!("case {id} is part of a ring: it would have infected itself"),
        ),
        Words::new("请核对感染来源的方向", "check who infected whom"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn case(id: &str, day: Option<i64>) -> Case {
        let first = Day::parse("2020-02-01").expect("a day");
        Case {
            id: id.to_owned(),
            onset: day.map(|day| first.plus(day)),
        }
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn generations_and_serial_intervals_follow_the_pairs() {
        let cases = [
            case("c", Some(9)),
            case("a", Some(0)),
            case("b", Some(4)),
            case("x", None),
        ];
        let found = chains(&cases, &pairs(&[("a", "b"), ("b", "c"), ("a", "c"), ("b", "z")])).expect("chains");
        let told: Vec<_> = found
            .links
            .iter()
            .map(|l| (l.cluster, l.generation, l.infected, l.serial_interval_days))
            .collect();
        assert_eq!(
            told,
            [(1, 1, 0, Some(9)), (1, 0, 2, None), (1, 1, 0, Some(4)), (2, 0, 0, None)]
        );
        assert_eq!(found.clusters[0].size, 3);
        assert_eq!(found.warnings.len(), 2);
    }

    #[test]
    fn rings_and_doubles_are_refused() {
        let cases = [case("a", None), case("b", None)];
        assert_eq!(
            chains(&cases, &pairs(&[("a", "b"), ("b", "a")]))
                .expect_err("a ring")
                .code,
            "chain_ring"
        );
        assert_eq!(
            chains(&cases, &pairs(&[("a", "a")])).expect_err("itself").code,
            "chain_ring"
        );
        assert_eq!(
            chains(&[case("a", None), case("a", None)], &[])
                .expect_err("twice")
                .code,
            "case_twice"
        );
    }

    proptest! {
        #[test]
        fn any_pairs_give_chains_or_a_refusal(list in proptest::collection::vec((0_u8..12, 0_u8..14), 0..30)) {
            let cases: Vec<Case> = (0..12).map(|i| case(&i.to_string(), Some(i))).collect();
            let list: Vec<(String, String)> = list.into_iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
            if let Ok(found) = chains(&cases, &list) {
                prop_assert_eq!(found.clusters.iter().map(|c| c.size).sum::<usize>(), 12);
                for link in &found.links {
                    let above = link.infector.map_or(0, |from| found.links[from].generation + 1);
                    prop_assert_eq!(link.generation, above);
                }
            }
        }
    }
}
