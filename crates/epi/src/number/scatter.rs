//! Numbers that look drawn and follow from a seed, for simulations that must give the same answer everywhere.
//!
//! SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, doi:10.1145/2660193.2660195).

/// The generator.
#[derive(Clone, Debug)]
pub struct Scatter(u64);

impl Scatter {
    /// The same seed gives the same numbers.
    pub fn seeded(seed: u64) -> Scatter {
        Scatter(seed)
    }

    /// The next number between 0 and 1, both left out.
    pub fn next_share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bits = (mixed ^ (mixed >> 31)) >> 11;
        (bits as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_a_half_and_a_seed_repeats() {
        let mut scatter = Scatter::seeded(7);
        let numbers: Vec<f64> = (0..10_000).map(|_| scatter.next_share()).collect();
        assert!((numbers.iter().sum::<f64>() / 10_000.0 - 0.5).abs() < 0.01);
        assert_eq!(Scatter::seeded(7).next_share().to_bits(), numbers[0].to_bits());
    }
}
