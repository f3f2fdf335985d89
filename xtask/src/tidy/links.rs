//! A document that points to nothing is worse than one that says nothing: links within the repository lead somewhere.

use super::Finding;
use crate::sources::{Tree, root};

/// Checks links of Markdown files to other files of the checkout.
pub fn check(tree: &Tree) -> Vec<Finding> {
    check_with(tree, &|path| root().join(path).exists())
}

fn check_with(tree: &Tree, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.under("", ".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut is_code = false;
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            }
            for link in links(line).filter(|_| !is_code) {
                let target = resolve(folder, link);
                if tree.get(&target).is_none() && !exists(&target) {
                    found.push(Finding::at(path, index + 1, format!("{link} leads nowhere")));
                }
            }
        }
    }
    found
}

/// Targets of `[words](target)` in the repository, without what follows `#`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter_map(|target| target.split('#').next());
    targets.filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
}

fn resolve(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_files_or_folders() {
        let found = |text: &str| {
            let tree = Tree::of(&[("docs/guides/a.md", text), ("docs/api.md", "")]);
            check_with(&tree, &|path| path == "docs/guides").len()
        };
        assert_eq!(
            found("[a](../api.md) [b](../api.md#part) [c](https://example.org/x) [d](../guides/)"),
            0
        );
        assert_eq!(found("[a](api.md)"), 1);
        assert_eq!(found("![a](../pictures/x.png)"), 1);
        assert_eq!(found("```\n[a](nowhere)\n```"), 0);
    }
}
