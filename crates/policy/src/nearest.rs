//! The nearest known word, for hints.

/// The known word nearest to `word`, when it is near enough to be what was meant.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let reach = (word.chars().count() / 3).min(4);
    let scored = known
        .filter(|known| !known.starts_with('@'))
        .map(|known| (distance(word, known), known));
    scored
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, known)| known)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words. Words are cut at 64 characters: ids are
/// shorter, and a hint is not worth more.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let replaced = row[j] + usize::from(ca != cb);
            let mut best = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            let swapped = i > 0 && j > 0 && a[i - 1] == *cb && b[j - 1] == *ca;
            if swapped {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        let known = ["require", "refuse", "severity"];
        assert_eq!(nearest("requrie", known.into_iter()), Some("require"));
        assert_eq!(nearest("severty", known.into_iter()), Some("severity"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }
}
