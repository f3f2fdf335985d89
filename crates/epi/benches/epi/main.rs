//! What estimators and detectors cost: `cargo bench -p lianfang-epi [-- PART…]`, parts `rt`, `weeks`, `city`, `night`.
//!
//! Prints one JSON line a part, with wall time and seconds of processor. Beside the programs of the field: `comparison`.

mod detectors;
mod reproduction;
mod spent;

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let parts: [(&str, fn()); 4] = [
        ("rt", reproduction::whole),
        ("weeks", detectors::weeks_of_many),
        ("city", detectors::city),
        ("night", detectors::night),
    ];
    for (name, run) in parts {
        if asked.is_empty() || asked.iter().any(|word| word == name) {
            run();
        }
    }
}
