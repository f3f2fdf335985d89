//! What the other candidates of a record say: a person stands once in a list, so a better partner for either record
//! speaks against a pair.
//!
//! Weights of pairs are odds taken alone. Each record has at most one partner in the other list, which makes its pairs
//! compete; belief propagation over the graph of candidates gives the odds of each pair with its rivals (M. Bayati,
//! D. Shah, M. Sharma, "Max-product for maximum weight matching", IEEE Transactions on Information Theory 54, 2008,
//! doi:10.1109/TIT.2007.915695, in its sum-product form). A few in a hundred stand twice in a list after all: a rival
//! counts in full only as far as it was not found to be the same person as the partner.

use crate::linker::Link;

/// Rounds of messages; chains of rivals are short.
const ROUNDS: usize = 6;
/// How much of a rival's odds counts: people stand twice in lists.
const FORCE: f64 = 0.9;

/// Weighs every pair again in the light of its rivals. `are_one` says whether two records of the second list (true) or
/// of the first (false) look like one person, and so do not compete.
pub(crate) fn weigh_rivals(links: &mut [Link], are_one: &dyn Fn(bool, u32, u32) -> bool) {
    let odds: Vec<f64> = links.iter().map(|link| f64::from(link.weight).exp2()).collect();
    let by_a = Groups::of(links, |link| link.a, |x, y| are_one(true, x.b, y.b));
    let by_b = Groups::of(links, |link| link.b, |x, y| are_one(false, x.a, y.a));
    // Messages: what each side leaves of the odds of a pair.
    let mut from_a = vec![1.0; links.len()];
    let mut from_b = vec![1.0; links.len()];
    for _ in 0..ROUNDS {
        let next_a = by_a.messages(&odds, &from_b);
        let next_b = by_b.messages(&odds, &from_a);
        (from_a, from_b) = (next_a, next_b);
    }
    for (at, link) in links.iter_mut().enumerate() {
        link.weight = (odds[at] * from_a[at] * from_b[at]).log2() as f32;
    }
}

/// Pairs that share a record, and those among them that do not compete.
struct Groups {
    members: Vec<Vec<u32>>,
    /// Sorted pairs of places in the list of links.
    friends: Vec<(u32, u32)>,
}

impl Groups {
    fn of(links: &[Link], key: impl Fn(&Link) -> u32, is_friend: impl Fn(&Link, &Link) -> bool) -> Groups {
        let mut order: Vec<u32> = (0..links.len()).filter_map(|at| u32::try_from(at).ok()).collect();
        order.sort_by_key(|at| (key(&links[*at as usize]), *at));
        let mut members = Vec::new();
        let mut friends = Vec::new();
        for group in order.chunk_by(|x, y| key(&links[*x as usize]) == key(&links[*y as usize])) {
            if group.len() < 2 {
                continue;
            }
            for (nth, &x) in group.iter().enumerate() {
                for &y in &group[nth + 1..] {
                    let (p, q) = (&links[x as usize], &links[y as usize]);
                    // Only two good candidates are worth the look.
                    if p.weight.min(q.weight) > -4.0 && is_friend(p, q) {
                        friends.extend([(x, y), (y, x)]);
                    }
                }
            }
            members.push(group.to_vec());
        }
        friends.sort_unstable();
        Groups { members, friends }
    }

    /// For each pair: the share of its odds that its rivals at this record leave.
    fn messages(&self, odds: &[f64], other_side: &[f64]) -> Vec<f64> {
        let mut messages = vec![1.0; odds.len()];
        for group in &self.members {
            for &x in group {
                let against: f64 = group
                    .iter()
                    .filter(|y| **y != x && self.friends.binary_search(&(x, **y)).is_err())
                    .map(|y| odds[*y as usize] * other_side[*y as usize])
                    .sum();
                messages[x as usize] = 1.0 / (1.0 + FORCE * against);
            }
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::Vector;

    fn weighed(pairs: &[(u32, u32, f32)], are_one: &dyn Fn(bool, u32, u32) -> bool) -> Vec<f32> {
        let mut links: Vec<Link> = pairs
            .iter()
            .map(|&(a, b, weight)| Link {
                a,
                b,
                weight,
                vector: Vector::default(),
            })
            .collect();
        weigh_rivals(&mut links, are_one);
        links.iter().map(|link| link.weight).collect()
    }

    #[test]
    fn a_better_partner_speaks_against_a_pair() {
        let alone = weighed(&[(0, 0, 4.0)], &|_, _, _| false);
        let beaten = weighed(&[(0, 0, 4.0), (0, 1, 12.0)], &|_, _, _| false);
        assert!((alone[0] - 4.0).abs() < 0.01);
        assert!(beaten[0] < -5.0 && beaten[1] > 7.0, "{beaten:?}");
    }

    #[test]
    fn a_rival_that_is_the_same_person_does_not_compete() {
        let both = weighed(&[(0, 0, 4.0), (0, 1, 12.0)], &|_, _, _| true);
        assert!((both[0] - 4.0).abs() < 0.01, "{both:?}");
    }
}
