//! Points spread evenly over a cube of many axes, the same every time: Korobov's lattice. An average over them is closer to
//! the integral than one over as many random points.

/// How many: a prime.
pub const POINTS: usize = 1021;

/// Powers of it order each axis anew.
const GENERATOR: usize = 306;

/// The place of every point on an axis: a number below [`POINTS`], each once.
pub fn axis(axis: usize) -> impl Iterator<Item = usize> {
    let multiplier = (0..axis).fold(1, |product, _| product * GENERATOR % POINTS);
    (0..POINTS).map(move |point| point * multiplier % POINTS)
}

/// The points, each with its coordinates between 0 and 1.
pub fn points(axes: usize) -> impl Iterator<Item = Vec<f64>> {
    let places: Vec<Vec<usize>> = (0..axes).map(|index| axis(index).collect()).collect();
    (0..POINTS).map(move |point| places.iter().map(|places| middle(places[point])).collect())
}

/// The middle of one of equal shares.
pub fn middle(place: usize) -> f64 {
    (place as f64 + 0.5) / POINTS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_over_the_points_is_the_integral() {
        let mean = points(6).map(|p| p.iter().product::<f64>()).sum::<f64>() / POINTS as f64;
        assert!((mean - 1.0 / 64.0).abs() < 5e-4, "{mean}");
    }
}
