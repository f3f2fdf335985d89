//! What was learnt: how often each level stands in pairs of one person, of one household, and of strangers.

use crate::vector::{FIELDS, Vector};
use serde::{Deserialize, Serialize};

/// Latent classes of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Both records are of one person.
    Same,
    /// Two people who live together.
    Household,
    /// Two people who have nothing to do with each other.
    Unrelated,
}

impl Class {
    /// Every class.
    pub const ALL: [Class; 3] = [Class::Same, Class::Household, Class::Unrelated];
}

/// Shares of levels by class, and shares of the classes among all pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Of all pairs of the two lists, by [`Class::ALL`].
    pub(crate) classes: [f64; 3],
    /// By field, then level: the three shares.
    pub(crate) levels: Vec<Vec<[f64; 3]>>,
}

impl Model {
    /// What is expected before anything was learnt.
    pub(crate) fn expected(classes: [f64; 3]) -> Model {
        let levels = FIELDS
            .iter()
            .map(|field| {
                let sum = |class: usize| field.priors.iter().map(|prior| prior[class]).sum::<f64>();
                let sums = [sum(0), sum(1), sum(2)];
                field.priors.iter().map(|prior| [0, 1, 2].map(|c| prior[c] / sums[c])).collect()
            })
            .collect();
        Model { classes, levels }
    }

    /// Joint weights of a vector with each class.
    pub(crate) fn joint(&self, vector: Vector) -> [f64; 3] {
        let mut joint = self.classes;
        for (field, levels) in FIELDS.iter().zip(&self.levels) {
            let shares = levels[vector.level(field)];
            for class in 0..3 {
                joint[class] *= shares[class];
            }
        }
        joint
    }

    /// Match weight, log2 of the odds that both records are of one person, and the odds of the household class against
    /// strangers.
    pub(crate) fn weigh(&self, vector: Vector) -> (f64, f64) {
        let [same, household, unrelated] = self.joint(vector);
        ((same / (household + unrelated)).log2(), (household / unrelated).log2())
    }
}
