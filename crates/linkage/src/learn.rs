//! Learning without labels: expectation and maximisation over counted vectors.
//!
//! The tables hold every pair of the two lists: those that share a key as they were counted, all others through a drawn
//! sample, each standing for many. So the shares of strangers are those of the lists, not those of the pairs that rules
//! happened to pick, and the estimate of each class is not bent by blocking. Pairs without a common key are strangers.
//! Pairs with one identity number and one name are of one person: they hold the class in its place.
//!
//! Latent classes: A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum likelihood from incomplete data via the EM
//! algorithm", JRSS B 39, 1977, doi:10.1111/j.2517-6161.1977.tb01600.x; for linkage W. E. Winkler, "Using the EM
//! algorithm for weight computation in the Fellegi-Sunter model of record linkage", ASA 1988.

use crate::level::{Birth, Idno, Name, Sex};
use crate::model::{
    HOUSEHOLD, Model, NAMESAKES_OF_ONE_YEAR, NEARBY, PARTS, SAME, STRANGERS, Shares, normalise, push_namesakes,
};
use crate::vector::{ADDRESS, BIRTH, FIELDS, IDNO, NAME, SEX, Vector};

/// Pairs that what is expected counts for beside what is seen, by part.
const STEADY: Shares = [60.0, 60.0, 2.0, 2.0];
const MOST_ROUNDS: usize = 300;
const LEAST_ROUNDS: usize = 20;
/// Relative change of the number of pairs in a class at which learning ends.
const STILL: f64 = 1e-5;

/// How much more often than expected one person may stand on a level that contradicts it.
const MOST_CONTRADICTION: f64 = 3.0;
/// Most that namesakes of one year are counted for.
const MOST_OF_ONE_YEAR: f64 = 10.0;

/// Levels that records of one person seldom stand on, by field. Without numbers in the lists nothing else keeps people
/// who share a telephone out of the class, and in a list of millions namesakes of one year, who are more than there are
/// people who stand twice.
const CONTRADICTING: [(usize, &[usize]); 4] = [
    (
        NAME,
        &[
            Name::ShortSurname as usize,
            Name::SurnameOnly as usize,
            Name::Different as usize,
        ],
    ),
    (SEX, &[Sex::Different as usize]),
    (
        BIRTH,
        &[
            Birth::SameYear as usize,
            Birth::FewYears as usize,
            Birth::SomeYears as usize,
            Birth::Generation as usize,
            Birth::FarApart as usize,
        ],
    ),
    (
        IDNO,
        &[
            Idno::SameBirth as usize,
            Idno::SameRegion as usize,
            Idno::Different as usize,
        ],
    ),
];

/// Fields that tell where somebody lives or comes from.
const TELL_AREAS: [usize; 2] = [IDNO, ADDRESS];

/// Vectors with how many pairs have them, sorted.
pub(crate) type Table = Vec<(Vector, f64)>;

/// What is counted in two lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Pairs that share a key.
    pub blocked: Table,
    /// Drawn pairs that share none, each standing for many.
    pub others: Table,
    /// Most pairs of one person that there can be, but for records that stand twice.
    pub most: f64,
}

/// Learns from the counts.
pub(crate) fn learn(counts: &Counts) -> Model {
    let sum = |table: &Table| table.iter().map(|(_, count)| count).sum::<f64>();
    let total = (sum(&counts.blocked) + sum(&counts.others)).max(1.0);
    let share = (0.3 * counts.most / total).clamp(1e-12, 0.2);
    let expected = Model::expected([share, share, 0.6 - share, 0.4 - share]);
    let one_year = namesakes_of_one_year(&counts.others);
    let mut model = expected.clone();
    for at in 0..MOST_ROUNDS {
        let next = round(counts, &model, &expected, (total, one_year));
        let is_still = [SAME, HOUSEHOLD].iter().all(|part| {
            let (before, now) = (model.parts[*part], next.parts[*part]);
            (now - before).abs() <= STILL * before.max(now) + 1.0 / total
        });
        model = next;
        if is_still && at >= LEAST_ROUNDS {
            break;
        }
    }
    model
}

/// Pairs whose class is known.
fn is_certain(vector: Vector) -> bool {
    let [name, idno] = [NAME, IDNO].map(|field| vector.level(&FIELDS[field]));
    idno == Idno::Exact as usize && (Name::Exact0 as usize..=Name::Sound as usize).contains(&name)
}

/// How much more often than others strangers of one name are born in one year: names go with generations. Pairs that share
/// no key tell it, of whom those with one birthday are none; so it is told by those of one year and no more in common.
fn namesakes_of_one_year(others: &Table) -> f64 {
    let mut told = [[0.0_f64; 2]; 2];
    for (vector, count) in others {
        let level = vector.level(&FIELDS[BIRTH]);
        if level != Birth::Missing as usize {
            let [all, of_one_year] = &mut told[usize::from(vector.names_agree())];
            *all += count;
            *of_one_year += count * f64::from(u8::from(level == Birth::SameYear as usize));
        }
    }
    let [[all, all_of_one_year], [namesakes, of_one_year]] = told;
    let (usual, seen) = (all_of_one_year / all, of_one_year / namesakes);
    match usual > 0.0 && seen > 0.0 {
        true => (seen / usual).clamp(1.0, MOST_OF_ONE_YEAR),
        false => NAMESAKES_OF_ONE_YEAR,
    }
}

fn round(counts: &Counts, model: &Model, expected: &Model, (total, one_year): (f64, f64)) -> Model {
    let mut parts = [0.0; PARTS];
    let mut levels: Vec<Vec<Shares>> = expected
        .levels
        .iter()
        .take(FIELDS.len())
        .map(|levels| {
            levels
                .iter()
                .map(|shares| std::array::from_fn(|part| shares[part] * STEADY[part]))
                .collect()
        })
        .collect();
    for (table, is_blocked) in [(&counts.blocked, true), (&counts.others, false)] {
        for &(vector, count) in table {
            let mut joint = model.joint(vector);
            if !is_blocked {
                (joint[SAME], joint[HOUSEHOLD]) = (0.0, 0.0);
            } else if is_certain(vector) {
                (joint[HOUSEHOLD], joint[STRANGERS], joint[NEARBY]) = (0.0, 0.0, 0.0);
            }
            let sum: f64 = joint.iter().sum();
            let held: Shares = joint.map(|part| part / sum * count);
            for part in 0..PARTS {
                parts[part] += held[part];
            }
            for (field, levels) in FIELDS.iter().zip(&mut levels) {
                let shares = &mut levels[vector.level(field)];
                for part in 0..PARTS {
                    shares[part] += held[part];
                }
            }
        }
    }
    for (field, levels) in levels.iter_mut().enumerate() {
        if !TELL_AREAS.contains(&field) {
            join_strangers(levels);
        }
        normalise(levels);
    }
    for (field, contradicting) in CONTRADICTING {
        bound(&mut levels[field], &expected.levels[field], contradicting);
    }
    push_namesakes(&mut levels, one_year);
    parts[SAME] = parts[SAME].min(1.1 * counts.most);
    Model {
        // A class that the lists do not hold stays possible.
        parts: parts.map(|count| (count / total).max(1e-15)),
        levels,
    }
}

/// Strangers are alike wherever they live, in everything that does not tell an area. Were both parts learnt apart, the few
/// drawn pairs with one birthday could all go to one of them, and a birthday in common would prove everything to the other.
fn join_strangers(levels: &mut [Shares]) {
    for shares in levels {
        let all = shares[STRANGERS] + shares[NEARBY];
        (shares[STRANGERS], shares[NEARBY]) = (all, all);
    }
}

/// Keeps the shares of one person on contradicting levels within bounds, and the sum at one.
fn bound(levels: &mut [Shares], expected: &[Shares], contradicting: &[usize]) {
    let sum = |levels: &[Shares]| contradicting.iter().map(|level| levels[*level][SAME]).sum::<f64>();
    let before = sum(levels);
    for &level in contradicting {
        levels[level][SAME] = levels[level][SAME].min(MOST_CONTRADICTION * expected[level][SAME]);
    }
    let after = sum(levels);
    if after < before && before < 1.0 {
        let scale = (1.0 - after) / (1.0 - before);
        for (level, shares) in levels.iter_mut().enumerate() {
            if !contradicting.contains(&level) {
                shares[SAME] *= scale;
            }
        }
    }
}
