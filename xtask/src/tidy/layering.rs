//! Dependencies point one way: what decides is pure, what touches the outside stands above it. A pure crate can be tested
//! without a database and read without knowing one.

use super::Finding;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Crates that know no database, network, clock or randomness of their own.
const PURE: [&str; 9] = [
    "kernel", "policy", "protocol", "pass", "exchange", "ui", "epi", "linkage", "twin",
];

/// Which of our crates a crate may use; `*` stands for the pure ones.
const ALLOWED: [(&str, &[&str]); 20] = [
    ("kernel", &[]),
    ("policy", &["kernel"]),
    ("protocol", &["kernel", "policy"]),
    ("pass", &["kernel"]),
    ("exchange", &["kernel"]),
    ("ui", &["kernel"]),
    ("epi", &["kernel"]),
    ("linkage", &["kernel"]),
    ("twin", &["kernel"]),
    // Not among the pure ones: its reader of documents brings a source of randomness, for encryption, that is never called.
    ("attachment", &["kernel"]),
    // Speaks to what stands outside: gateways, robots, mail servers.
    ("messages", &["kernel"]),
    ("db", &[]),
    (
        "ledger",
        &[
            "kernel", "policy", "protocol", "pass", "exchange", "linkage", "epi", "db",
        ],
    ),
    ("server", &["*", "attachment", "messages", "db", "ledger"]),
    ("pages", &["*", "ledger", "server"]),
    ("scenarios", &["kernel"]),
    (
        "lianfang",
        &["*", "messages", "db", "ledger", "server", "pages", "scenarios"],
    ),
    ("testkit", &["db", "testkit-macros"]),
    ("testkit-macros", &[]),
    ("xtask", &["kernel", "policy", "scenarios", "testkit"]),
];

/// What a pure crate never reaches, however indirectly.
const OUTSIDE: [&str; 13] = [
    "tokio",
    "mio",
    "rusqlite",
    "libsqlite3-sys",
    "postgres",
    "tokio-postgres",
    "axum",
    "hyper",
    "reqwest",
    "ureq",
    "rustls",
    "axum-server",
    "rand",
];

/// The build tool's own account of the workspace.
pub fn metadata() -> Result<Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("cargo metadata")
}

/// Checks what each crate uses directly, and what pure ones reach.
pub fn check(metadata: &Value) -> Vec<Finding> {
    let graph = Graph::read(metadata);
    let mut found = Vec::new();
    for (id, name) in &graph.ours {
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| known == name) else {
            found.push(Finding::at(
                &format!("crates/{name}"),
                0,
                "say in xtask/src/tidy/layering.rs what it may use",
            ));
            continue;
        };
        for used in graph.uses(id) {
            let Some(used) = graph.ours.get(used) else { continue };
            let is_allowed =
                allowed.contains(&used.as_str()) || (allowed.contains(&"*") && PURE.contains(&used.as_str()));
            if !is_allowed {
                found.push(Finding::at(
                    &format!("crates/{name}"),
                    0,
                    format!("must not depend on {used}"),
                ));
            }
        }
        if PURE.contains(&name.as_str()) {
            for reached in graph
                .reached(id)
                .into_iter()
                .filter(|reached| OUTSIDE.contains(reached))
            {
                found.push(Finding::at(
                    &format!("crates/{name}"),
                    0,
                    format!("is pure, but reaches {reached}"),
                ));
            }
        }
    }
    found
}

/// Packages and what they use outside of their tests.
struct Graph<'a> {
    /// Short name by package id, of the workspace's own.
    ours: BTreeMap<&'a str, String>,
    names: BTreeMap<&'a str, &'a str>,
    edges: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn read(metadata: &'a Value) -> Self {
        let list = |value: &'a Value| value.as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |value: &'a Value| value.as_str().unwrap_or_default();
        let packages = list(&metadata["packages"]);
        let names = packages
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect::<BTreeMap<_, _>>();
        let members = list(&metadata["workspace_members"]).iter().map(text);
        let ours = members
            .map(|id| (id, short(names.get(id).copied().unwrap_or(id))))
            .collect();
        let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            let used = list(&node["deps"])
                .iter()
                .filter(|used| list(&used["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()));
            edges.insert(text(&node["id"]), used.map(|used| text(&used["pkg"])).collect());
        }
        Self { ours, names, edges }
    }

    fn uses(&self, id: &str) -> &[&'a str] {
        self.edges.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Names of all packages that are needed to build this one.
    fn reached(&self, id: &str) -> BTreeSet<&'a str> {
        let (mut seen, mut open) = (BTreeSet::new(), self.uses(id).to_vec());
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(self.uses(next));
            }
        }
        seen.into_iter().filter_map(|id| self.names.get(id).copied()).collect()
    }
}

fn short(name: &str) -> String {
    match name.strip_prefix("lianfang-") {
        Some(short) => short.to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Packages by name, and which uses which in what way (`null` or `dev`).
    fn found(edges: &[(&str, &str, Value)]) -> Vec<String> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for (from, to, _) in edges {
            names.extend([*from, *to]);
        }
        let packages: Vec<Value> = names.iter().map(|name| json!({ "id": name, "name": name })).collect();
        let members: Vec<&&str> = names.iter().filter(|name| name.starts_with("lianfang-")).collect();
        let deps = |of: &str| {
            let used = edges.iter().filter(|(from, _, _)| *from == of);
            used.map(|(_, to, kind)| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] }))
                .collect::<Vec<_>>()
        };
        let nodes: Vec<Value> = names
            .iter()
            .map(|name| json!({ "id": name, "deps": deps(name) }))
            .collect();
        let metadata = json!({ "packages": packages, "workspace_members": members, "resolve": { "nodes": nodes } });
        check(&metadata).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn dependencies_point_one_way() {
        assert!(found(&[("lianfang-policy", "lianfang-kernel", Value::Null)]).is_empty());
        assert_eq!(
            found(&[("lianfang-kernel", "lianfang-policy", Value::Null)]),
            ["must not depend on policy"]
        );
        assert!(
            found(&[("lianfang-db", "lianfang-testkit", json!("dev"))]).is_empty(),
            "tests may"
        );
        assert!(found(&[("lianfang-server", "lianfang-ui", Value::Null)]).is_empty());
    }

    #[test]
    fn a_pure_crate_reaches_nothing_outside() {
        let edges = [("lianfang-pass", "a", Value::Null), ("a", "tokio", Value::Null)];
        assert_eq!(found(&edges), ["is pure, but reaches tokio"]);
        assert!(found(&[("lianfang-db", "rusqlite", Value::Null)]).is_empty());
    }

    #[test]
    fn a_new_crate_is_placed_by_somebody() {
        assert_eq!(found(&[("lianfang-new", "a", Value::Null)]).len(), 1);
    }
}
