//! Graphs as GraphML 1.0 (graphml.graphdrawing.org), which network programs read.

use std::fmt::Write as _;

/// A property of nodes or edges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphKey {
    /// Its name.
    pub name: &'static str,
    /// `string`, `int`, `double`, `boolean`.
    pub kind: &'static str,
    /// Of edges, and not of nodes.
    pub is_of_edges: bool,
}

impl GraphKey {
    /// A property of nodes.
    pub fn node(name: &'static str, kind: &'static str) -> GraphKey {
        GraphKey {
            name,
            kind,
            is_of_edges: false,
        }
    }

    /// A property of edges.
    pub fn edge(name: &'static str, kind: &'static str) -> GraphKey {
        GraphKey {
            name,
            kind,
            is_of_edges: true,
        }
    }
}

/// A node; one value a key of nodes, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    /// Its id.
    pub id: String,
    /// Its values; none is left out.
    pub values: Vec<Option<String>>,
}

/// A directed edge; one value a key of edges, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphEdge {
    /// Id of the node it leaves.
    pub from: String,
    /// Id of the node it reaches.
    pub to: String,
    /// Its values; none is left out.
    pub values: Vec<Option<String>>,
}

/// Writes a directed graph.
///
/// ```
/// use lianfang_exchange::{GraphEdge, GraphKey, GraphNode, graph_ml};
/// let node = |id: &str, onset: &str| GraphNode { id: id.into(), values: vec![Some(onset.into())] };
/// let text = graph_ml(
///     &[GraphKey { name: "onset", kind: "string", is_of_edges: false }],
///     &[node("a", "2020-02-01"), node("b", "<unknown>")],
///     &[GraphEdge { from: "a".into(), to: "b".into(), values: Vec::new() }],
/// );
/// assert!(text.contains("<edge source=\"a\" target=\"b\"/>") && text.contains("&lt;unknown&gt;"));
/// ```
pub fn graph_ml(keys: &[GraphKey], nodes: &[GraphNode], edges: &[GraphEdge]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for (at, key) in keys.iter().enumerate() {
        let of = if key.is_of_edges { "edge" } else { "node" };
        // Writing to a String does not fail.
        let _ = writeln!(
            out,
            "<key id=\"k{at}\" for=\"{of}\" attr.name=\"{}\" attr.type=\"{}\"/>",
            escaped(key.name),
            key.kind
        );
    }
    out.push_str("<graph edgedefault=\"directed\">\n");
    for node in nodes {
        let _ = write!(out, "<node id=\"{}\"", escaped(&node.id));
        close(&mut out, "node", &data(keys, false, &node.values));
    }
    for edge in edges {
        let _ = write!(
            out,
            "<edge source=\"{}\" target=\"{}\"",
            escaped(&edge.from),
            escaped(&edge.to)
        );
        close(&mut out, "edge", &data(keys, true, &edge.values));
    }
    out.push_str("</graph>\n</graphml>\n");
    out
}

fn close(out: &mut String, name: &str, data: &str) {
    let _ = match data.is_empty() {
        true => writeln!(out, "/>"),
        false => writeln!(out, ">{data}</{name}>"),
    };
}

fn data(keys: &[GraphKey], is_of_edges: bool, values: &[Option<String>]) -> String {
    let own = keys
        .iter()
        .enumerate()
        .filter(|(_, key)| key.is_of_edges == is_of_edges);
    let mut out = String::new();
    for ((at, _), value) in own.zip(values) {
        if let Some(value) = value {
            let _ = write!(out, "<data key=\"k{at}\">{}</data>", escaped(value));
        }
    }
    out
}

/// Text as XML holds it; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_nodes_and_edges_are_told_apart_and_nothing_ends_an_attribute() {
        let key = |name, is_of_edges| GraphKey {
            name,
            kind: "string",
            is_of_edges,
        };
        let node = GraphNode {
            id: "a\"<b".into(),
            values: vec![None],
        };
        let edge = GraphEdge {
            from: "a\"<b".into(),
            to: "c".into(),
            values: vec![Some("家庭 & 单位\u{1}".into())],
        };
        let text = graph_ml(&[key("onset", false), key("setting", true)], &[node], &[edge]);
        assert!(text.contains("<node id=\"a&quot;&lt;b\"/>"), "{text}");
        assert!(text.contains("<data key=\"k1\">家庭 &amp; 单位</data>"), "{text}");
        assert_eq!(text.matches("<data").count(), 1);
    }
}
