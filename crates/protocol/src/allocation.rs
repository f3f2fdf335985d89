//! Sharing out what there is: class by class, and in proportion where a class cannot have all it asked for.

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its class; the smallest comes first.
    pub class: i64,
    /// How much; below nothing counts as nothing.
    pub want: i64,
}

/// Why somebody was given what they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// All of it.
    Met,
    /// The class could not have all: in proportion to what was asked.
    Part,
    /// Nothing was left by the classes before, or the share is less than one.
    Nothing,
}

impl Reason {
    /// The code in packs.
    pub fn id(self) -> &'static str {
        match self {
            Reason::Met => "met",
            Reason::Part => "part",
            Reason::Nothing => "none",
        }
    }
}

/// Shares `stock` out over the asks, in their order. A class is filled before the next; the class that cannot be filled
/// is shared in proportion by largest remainders, of equal ones the earlier.
///
/// ```
/// use lianfang_protocol::allocation::{Ask, Reason, share};
///
/// let asks = [Ask { class: 2, want: 80 }, Ask { class: 1, want: 60 }];
/// assert_eq!(share(&asks, 100), [(40, Reason::Part), (60, Reason::Met)]);
/// ```
pub fn share(asks: &[Ask], stock: i64) -> Vec<(i64, Reason)> {
    let mut given = vec![0_i64; asks.len()];
    let mut left = stock.max(0);
    let mut classes: Vec<i64> = asks.iter().map(|ask| ask.class).collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        let members: Vec<usize> = (0..asks.len()).filter(|at| asks[*at].class == class).collect();
        let wanted = |at: usize| i128::from(asks[at].want.max(0));
        let whole: i128 = members.iter().map(|at| wanted(*at)).sum();
        if whole <= i128::from(left) {
            for at in members {
                given[at] = asks[at].want.max(0);
                left -= given[at];
            }
            continue;
        }
        let part = |at: usize| wanted(at) * i128::from(left) / whole;
        let rest = |at: usize| wanted(at) * i128::from(left) % whole;
        let mut over = i128::from(left) - members.iter().map(|at| part(*at)).sum::<i128>();
        let mut by_rest = members.clone();
        by_rest.sort_by_key(|at| (std::cmp::Reverse(rest(*at)), *at));
        for at in by_rest {
            let one = i128::from(over > 0 && part(at) < wanted(at));
            over -= one;
            given[at] = i64::try_from(part(at) + one).unwrap_or(0);
        }
        left = 0;
    }
    let reason = |at: usize| match given[at] {
        all if all == asks[at].want.max(0) => Reason::Met,
        0 => Reason::Nothing,
        _ => Reason::Part,
    };
    (0..asks.len()).map(|at| (given[at], reason(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_given_twice_and_no_class_before_its_time(
            asks in prop::collection::vec((1_i64..4, 0_i64..1_000), 0..40),
            stock in 0_i64..20_000,
        ) {
            let asks: Vec<Ask> = asks.into_iter().map(|(class, want)| Ask { class, want }).collect();
            let shares = share(&asks, stock);
            let given: i64 = shares.iter().map(|(n, _)| n).sum();
            let wanted: i64 = asks.iter().map(|ask| ask.want).sum();
            prop_assert_eq!(given, wanted.min(stock));
            for (ask, (n, _)) in asks.iter().zip(&shares) {
                prop_assert!(*n >= 0 && *n <= ask.want);
            }
            let is_short = |class: i64| {
                asks.iter().zip(&shares).any(|(ask, (n, _))| ask.class == class && *n < ask.want)
            };
            for (ask, (n, _)) in asks.iter().zip(&shares) {
                let waits = (1..ask.class).any(is_short);
                prop_assert!(!waits || *n == 0, "a later class has something while an earlier one lacks");
            }
        }

        #[test]
        fn who_asks_for_more_in_a_class_gets_no_less(
            wants in prop::collection::vec(0_i64..1_000, 2..20),
            stock in 0_i64..5_000,
        ) {
            let asks: Vec<Ask> = wants.into_iter().map(|want| Ask { class: 1, want }).collect();
            let shares = share(&asks, stock);
            for (a, (given_a, _)) in asks.iter().zip(&shares) {
                for (b, (given_b, _)) in asks.iter().zip(&shares) {
                    prop_assert!(a.want <= b.want || given_a >= given_b || given_b - given_a <= 1);
                }
            }
        }
    }
}
