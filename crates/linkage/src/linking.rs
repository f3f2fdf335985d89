//! From weighed pairs to an answer: rivals, order, one partner each, and what precision a threshold has.

use crate::linker::{Link, Linker};
use crate::model::{Model, SAME};
use crate::rivals;
use crate::vector;

/// Pairs lighter than this are no rivals.
const RIVAL_BITS: f64 = -10.0;
/// Two records of one list that weigh so much together are taken for one person.
const ONE_PERSON_BITS: f64 = 0.0;

/// What a threshold is expected to give, estimated from the weights alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Pairs of at least this weight are taken.
    pub weight: f64,
    /// Expected share of true pairs among those taken.
    pub precision: f64,
    /// Expected share of the true pairs of the lists that are taken.
    pub recall: f64,
}

impl Linker {
    /// Every pair of at least `least` bits, the heaviest first. Equal weights stand in the order of the lists.
    pub fn link(&self, model: &Model, least: f64) -> Vec<Link> {
        let mut links = self.pairs(model, least.min(RIVAL_BITS));
        if !self.is_one_list {
            let (a, b) = self.sides();
            // Sharing a list changes how many pairs are of one person, and hardly how they look.
            let are_one = |in_second: bool, x: u32, y: u32| {
                let list = if in_second { b } else { a };
                let vector = vector::compare(
                    &self.lexicon,
                    self.lexicon.view(&list[x as usize]),
                    self.lexicon.view(&list[y as usize]),
                );
                model.weigh(vector) > ONE_PERSON_BITS
            };
            rivals::weigh_rivals(&mut links, self.threads, &are_one);
        }
        links.retain(|link| f64::from(link.weight) >= least);
        links.sort_unstable_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
        links
    }

    /// What a threshold gives. The links are sorted, the heaviest first.
    pub fn expect(&self, model: &Model, links: &[Link], weight: f64) -> Threshold {
        let (mut taken, mut count, mut seen) = (0.0, 0u32, 0.0);
        for link in links {
            let share = probability(f64::from(link.weight));
            seen += share;
            if f64::from(link.weight) >= weight {
                taken += share;
                count += 1;
            }
        }
        // What is listed lacks the pairs below its end; what was learnt has them.
        let all = seen.max(model.parts[SAME] * self.pair_count());
        Threshold {
            weight,
            precision: if count == 0 { 1.0 } else { taken / f64::from(count) },
            recall: if all == 0.0 { 0.0 } else { taken / all },
        }
    }

    /// The lowest threshold whose expected precision is at least `precision`; pairs of equal weight stay together.
    pub fn threshold_for(&self, model: &Model, links: &[Link], precision: f64) -> Threshold {
        let (mut taken, mut best) = (0.0, f64::INFINITY);
        for (at, link) in links.iter().enumerate() {
            taken += probability(f64::from(link.weight));
            let is_last_of_weight = links.get(at + 1).is_none_or(|next| next.weight < link.weight);
            if is_last_of_weight && taken / (at + 1) as f64 >= precision {
                best = f64::from(link.weight);
            }
        }
        self.expect(model, links, best)
    }
}

/// Keeps for each record its heaviest pair, taken from the top. The links are sorted already.
pub fn one_to_one(links: &[Link]) -> Vec<Link> {
    let mut used = [std::collections::HashSet::new(), std::collections::HashSet::new()];
    links
        .iter()
        .filter(|link| {
            let is_free = !used[0].contains(&link.a) && !used[1].contains(&link.b);
            is_free && used[0].insert(link.a) && used[1].insert(link.b)
        })
        .copied()
        .collect()
}

/// The probability that a pair of this weight is of one person.
fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}
