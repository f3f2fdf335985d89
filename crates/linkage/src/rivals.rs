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
pub(crate) fn weigh_rivals(links: &mut [Link], threads: usize, are_one: &(dyn Fn(bool, u32, u32) -> bool + Sync)) {
    let odds: Vec<f64> = links.iter().map(|link| f64::from(link.weight).exp2()).collect();
    let by_a = Groups::of(links, threads, |link| link.a, &|x, y| are_one(true, x.b, y.b));
    let by_b = Groups::of(links, threads, |link| link.b, &|x, y| are_one(false, x.a, y.a));
    // Messages: what each side leaves of the odds of a pair.
    let mut from_a = vec![1.0; links.len()];
    let mut from_b = vec![1.0; links.len()];
    for _ in 0..ROUNDS {
        let next_b = |from_a: &[f64]| by_b.messages(&odds, from_a);
        let next_a = |from_b: &[f64]| by_a.messages(&odds, from_b);
        // Both sides answer what the other said in the round before.
        (from_a, from_b) = match threads > 1 {
            true => std::thread::scope(|scope| {
                let other = scope.spawn(|| next_b(&from_a));
                (next_a(&from_b), other.join().unwrap_or_default())
            }),
            false => (next_a(&from_b), next_b(&from_a)),
        };
    }
    for (at, link) in links.iter_mut().enumerate() {
        link.weight = (odds[at] * from_a[at] * from_b[at]).log2() as f32;
    }
}

/// Pairs that share a record, and those among them that do not compete.
struct Groups {
    /// Places in the list of links, those of one record together.
    order: Vec<u32>,
    /// Which part of the order each record has that stands in two links or more.
    parts: Vec<(u32, u32)>,
    /// Sorted pairs of places in the list of links.
    friends: Vec<(u32, u32)>,
    /// Of each link, whether it has friends: hardly any has.
    has_friends: Vec<bool>,
}

impl Groups {
    fn of(
        links: &[Link],
        threads: usize,
        key: impl Fn(&Link) -> u32,
        is_friend: &(dyn Fn(&Link, &Link) -> bool + Sync),
    ) -> Groups {
        let mut keyed: Vec<(u32, u32)> = (0_u32..).zip(links).map(|(at, link)| (key(link), at)).collect();
        keyed.sort_unstable();
        let mut parts = Vec::new();
        let mut from = 0;
        for group in keyed.chunk_by(|x, y| x.0 == y.0) {
            let to = from + u32::try_from(group.len()).unwrap_or(0);
            if group.len() > 1 {
                parts.push((from, to));
            }
            from = to;
        }
        let order: Vec<u32> = keyed.iter().map(|(_, at)| *at).collect();
        drop(keyed);
        let friends = friends(links, &order, &parts, threads, is_friend);
        let mut has_friends = vec![false; links.len()];
        friends.iter().for_each(|(x, _)| has_friends[*x as usize] = true);
        Groups {
            order,
            parts,
            friends,
            has_friends,
        }
    }

    /// For each pair: the share of its odds that its rivals at this record leave.
    fn messages(&self, odds: &[f64], other_side: &[f64]) -> Vec<f64> {
        let mut messages = vec![1.0; odds.len()];
        let mut left = Vec::new();
        for &(from, to) in &self.parts {
            let group = &self.order[from as usize..to as usize];
            left.clear();
            left.extend(group.iter().map(|y| odds[*y as usize] * other_side[*y as usize]));
            for &x in group {
                let rivals = group.iter().zip(&left).filter(|(y, _)| **y != x);
                let against: f64 = match self.has_friends[x as usize] {
                    false => rivals.map(|(_, left)| left).sum(),
                    true => {
                        let of_x = &self.friends[self.friends.partition_point(|pair| pair.0 < x)..];
                        let is_friend = |y: u32| of_x.iter().take_while(|pair| pair.0 == x).any(|pair| pair.1 == y);
                        rivals.filter(|(y, _)| !is_friend(**y)).map(|(_, left)| left).sum()
                    }
                };
                messages[x as usize] = 1.0 / (1.0 + FORCE * against);
            }
        }
        messages
    }
}

/// Pairs of links of one record whose other records look like one person, both ways round, sorted.
fn friends(
    links: &[Link],
    order: &[u32],
    parts: &[(u32, u32)],
    threads: usize,
    is_friend: &(dyn Fn(&Link, &Link) -> bool + Sync),
) -> Vec<(u32, u32)> {
    let within = |parts: &[(u32, u32)]| {
        let mut friends = Vec::new();
        for &(from, to) in parts {
            let group = &order[from as usize..to as usize];
            for (nth, &x) in group.iter().enumerate() {
                for &y in &group[nth + 1..] {
                    let (p, q) = (&links[x as usize], &links[y as usize]);
                    // Only two good candidates are worth the look.
                    if p.weight.min(q.weight) > -4.0 && is_friend(p, q) {
                        friends.extend([(x, y), (y, x)]);
                    }
                }
            }
        }
        friends
    };
    let share = parts.len().div_ceil(threads.max(1)).max(1);
    let mut all: Vec<(u32, u32)> = std::thread::scope(|scope| {
        let handles: Vec<_> = parts.chunks(share).map(|part| scope.spawn(|| within(part))).collect();
        handles
            .into_iter()
            .filter_map(|handle| handle.join().ok())
            .flatten()
            .collect()
    });
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::Vector;

    fn weighed(pairs: &[(u32, u32, f32)], are_one: &(dyn Fn(bool, u32, u32) -> bool + Sync)) -> Vec<f32> {
        let mut links: Vec<Link> = pairs
            .iter()
            .map(|&(a, b, weight)| Link {
                a,
                b,
                weight,
                vector: Vector::default(),
            })
            .collect();
        let mut alone = links.clone();
        weigh_rivals(&mut links, 2, are_one);
        weigh_rivals(&mut alone, 1, are_one);
        assert_eq!(links, alone);
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
