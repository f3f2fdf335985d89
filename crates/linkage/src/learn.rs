//! Learning without labels: expectation and maximisation over counted vectors.
//!
//! The table holds every pair of the two lists: those that share a key as they were counted, all others through a drawn
//! sample, each standing for many. So the shares of strangers are those of the lists, not those of the pairs that rules
//! happened to pick, and the estimate of each class is not bent by blocking.
//!
//! Latent classes: A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum likelihood from incomplete data via the EM
//! algorithm", JRSS B 39, 1977, doi:10.1111/j.2517-6161.1977.tb01600.x; for linkage W. E. Winkler, "Using the EM
//! algorithm for weight computation in the Fellegi-Sunter model of record linkage", ASA 1988.

use crate::model::Model;
use crate::vector::{FIELDS, Vector};

/// Pairs that what is expected counts for beside what is seen, by class.
const STEADY: [f64; 3] = [60.0, 60.0, 2.0];
const MOST_ROUNDS: usize = 200;
/// Change of the log likelihood a pair of one person at which learning ends.
const STILL: f64 = 1e-7;

/// Vectors with how many pairs have them, sorted.
pub(crate) type Table = Vec<(Vector, f64)>;

/// Learns from a table. `likely` is a first guess of how many pairs are of one person.
pub(crate) fn learn(table: &Table, likely: f64) -> Model {
    let total: f64 = table.iter().map(|(_, count)| count).sum();
    let share = (likely / total.max(1.0)).clamp(1e-12, 0.2);
    let expected = Model::expected([share, 1.5 * share, 1.0 - 2.5 * share]);
    let mut model = expected.clone();
    let mut before = f64::NEG_INFINITY;
    for _ in 0..MOST_ROUNDS {
        let (next, likelihood) = round(table, &model, &expected, total);
        model = next;
        if likelihood - before < STILL * (1.0 + likely) {
            break;
        }
        before = likelihood;
    }
    model
}

fn round(table: &Table, model: &Model, expected: &Model, total: f64) -> (Model, f64) {
    let mut classes = [0.0; 3];
    let mut levels: Vec<Vec<[f64; 3]>> = expected
        .levels
        .iter()
        .map(|levels| levels.iter().map(|shares| [0, 1, 2].map(|c| shares[c] * STEADY[c])).collect())
        .collect();
    let mut likelihood = 0.0;
    for &(vector, count) in table {
        let joint = model.joint(vector);
        let sum: f64 = joint.iter().sum();
        likelihood += count * sum.ln();
        let parts = joint.map(|part| part / sum * count);
        for class in 0..3 {
            classes[class] += parts[class];
        }
        for (field, levels) in FIELDS.iter().zip(&mut levels) {
            let shares = &mut levels[vector.level(field)];
            for class in 0..3 {
                shares[class] += parts[class];
            }
        }
    }
    for (field, priors) in levels.iter_mut().zip(&expected.levels) {
        let _ = priors;
        for class in 0..3 {
            let sum: f64 = field.iter().map(|shares| shares[class]).sum();
            field.iter_mut().for_each(|shares| shares[class] /= sum);
        }
    }
    (
        Model {
            classes: classes.map(|count| count / total),
            levels,
        },
        likelihood,
    )
}
