//! What a fit needs of a count beside itself, looked up for small ones: weeks of few cases are most of all weeks.

use std::sync::OnceLock;

/// What is known of a count.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Logarithm of the count plus 0.1, where fits start.
    pub ln_start: f64,
    /// y ln y − y, the part of the deviance that no line changes.
    pub full: f64,
    /// Its two-thirds power.
    pub two_thirds: f64,
}

const KEPT: usize = 512;

static TABLE: OnceLock<Vec<Counted>> = OnceLock::new();

/// What is known of this count, which is whole and not negative.
pub fn counted(count: f64) -> Counted {
    let table = TABLE.get_or_init(|| (0..KEPT).map(|count| Counted::new(count as f64)).collect());
    match table.get(count as usize) {
        Some(counted) => *counted,
        None => Counted::new(count),
    }
}

impl Counted {
    fn new(count: f64) -> Counted {
        Counted {
            ln_start: (count + 0.1).ln(),
            full: if count > 0.0 { count * count.ln() - count } else { 0.0 },
            two_thirds: count.cbrt().powi(2),
        }
    }
}
