//! Why a pair has its weight.

use crate::linker::{Link, Linker};
use crate::model::{Class, HOUSEHOLD, Model, NEARBY, PARTS, SAME, STRANGERS};
use crate::vector::FIELDS;
use lianfang_kernel::Words;

/// What one field contributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The column of the list.
    pub field: &'static str,
    /// How the two fields look beside each other.
    pub level: Words,
    /// Bits, positive for one person.
    pub weight: f64,
}

/// The weight of a pair taken apart. All the parts add up to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// By field, in the order of the columns.
    pub shares: Vec<Share>,
    /// How rare pairs of one person are before anything is compared.
    pub prior: f64,
    /// What other candidates of the two records say.
    pub rivals: f64,
    /// The likeliest class.
    pub class: Class,
    /// The class that comes next.
    pub runner_up: Class,
    /// Probabilities of the classes by [`Class::ALL`], before rivals.
    pub probabilities: [f64; 3],
}

impl Linker {
    /// Takes the weight of a pair apart.
    ///
    /// Against several classes at once a weight is no plain sum of fields. Each field is weighed against every other
    /// class, in the proportion in which the whole pair speaks for that class; what is left over joins the prior.
    pub fn explain(&self, model: &Model, link: &Link) -> Explanation {
        let joint = model.joint(link.vector);
        let others: f64 = joint[HOUSEHOLD..].iter().sum();
        let share_of: [f64; PARTS] = std::array::from_fn(|part| if part == SAME { 0.0 } else { joint[part] / others });
        let mut sum = 0.0;
        let shares: Vec<Share> = FIELDS
            .iter()
            .zip(link.vector.places())
            .map(|(field, (table, level))| {
                let of = &model.levels[table][level];
                let weight = (HOUSEHOLD..PARTS)
                    .map(|part| share_of[part] * (of[SAME] / of[part]).log2())
                    .sum();
                sum += weight;
                let (zh, en) = field.words[level];
                Share {
                    field: field.id,
                    level: Words::new(zh, en),
                    weight,
                }
            })
            .collect();
        let alone = model.weigh(link.vector);
        let all: f64 = joint.iter().sum();
        let probabilities = [joint[SAME], joint[HOUSEHOLD], joint[STRANGERS] + joint[NEARBY]].map(|part| part / all);
        let mut order = [0, 1, 2];
        order.sort_by(|x, y| probabilities[*y].total_cmp(&probabilities[*x]));
        Explanation {
            shares,
            prior: alone - sum,
            rivals: f64::from(link.weight) - alone,
            class: Class::ALL[order[0]],
            runner_up: Class::ALL[order[1]],
            probabilities,
        }
    }
}
