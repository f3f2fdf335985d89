//! A small strict reader of HTML: enough to find what a browser would silently mend, and to ask simple questions.

use std::collections::HashMap;

/// One start tag with its attributes.
#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub attributes: HashMap<String, String>,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

const VOID: [&str; 7] = ["meta", "link", "input", "br", "hr", "img", "wbr"];

/// A browser closes an open paragraph before these.
const ENDS_A_PARAGRAPH: [&str; 16] = [
    "p", "div", "form", "ul", "ol", "dl", "table", "fieldset", "section", "article", "aside", "nav", "h1", "h2", "h3",
    "figure",
];

/// Reads a document; an error names what is wrong and where it stands.
pub fn read(html: &str) -> Result<Vec<Tag>, String> {
    let mut tags = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    while let Some(at) = rest.find('<') {
        if rest[..at].contains('>') {
            return Err(format!("a bare > in text: {}", near(&rest[..at])));
        }
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("</") {
            let end = after.find('>').ok_or("an end tag without >")?;
            let name = &after[..end];
            match open.pop() {
                Some(last) if last == name => {}
                last => return Err(format!("</{name}> closes {last:?}: {}", near(rest))),
            }
            rest = &after[end + 1..];
            continue;
        }
        let (tag, after) = start_tag(rest)?;
        rest = after;
        let name = tag.name.clone();
        if ENDS_A_PARAGRAPH.contains(&name.as_str()) && open.last().is_some_and(|last| last == "p") {
            return Err(format!("<{name}> ends the paragraph it stands in: {}", near(rest)));
        }
        let closes_itself = tag.get("/").is_some();
        tags.push(tag);
        if !closes_itself && !VOID.contains(&name.as_str()) {
            if name == "script" {
                let end = rest.find("</script>").ok_or("a script without an end")?;
                rest = &rest[end..];
            }
            open.push(name);
        }
    }
    if open.is_empty() {
        Ok(tags)
    } else {
        Err(format!("not closed: {open:?}"))
    }
}

fn near(text: &str) -> String {
    text.chars().take(80).collect()
}

fn start_tag(text: &str) -> Result<(Tag, &str), String> {
    let mut rest = &text[1..];
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric())
        .ok_or("a tag without an end")?;
    let name = rest[..end].to_owned();
    if name.is_empty() {
        return Err(format!("a bare < in text: {}", near(text)));
    }
    rest = &rest[end..];
    let mut attributes = HashMap::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((Tag { name, attributes }, after));
        }
        if let Some(after) = rest.strip_prefix("/>") {
            // Drawings may close themselves; the caller sees an empty element.
            attributes.insert("/".to_owned(), String::new());
            return Ok((Tag { name, attributes }, after));
        }
        let end = rest
            .find(['=', '>', ' ', '/'])
            .ok_or_else(|| format!("an attribute without an end: {}", near(rest)))?;
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let end = after
                .find('"')
                .ok_or_else(|| format!("a value without an end: {}", near(after)))?;
            value = after[..end].to_owned();
            rest = &after[end + 1..];
        }
        if attributes.insert(key.clone(), value).is_some() {
            return Err(format!("{key} twice: {}", near(text)));
        }
    }
}
