//! `${name}` in paths, bodies and expectations.

use serde_json::Value;
use std::collections::BTreeMap;

/// Values by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables(BTreeMap<String, Value>);

impl Variables {
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// Where values come from; takes `&mut` because `${id.NAME}` makes one at its first use.
pub(crate) trait Source {
    /// The value of a name, or why there is none.
    fn value(&mut self, name: &str) -> Result<Value, String>;
}

/// A text in which every `${name}` is replaced; `$${` stands for `${`.
pub(crate) fn text(template: &str, source: &mut impl Source) -> Result<String, String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("${") {
        if rest[..start].ends_with('$') {
            out.push_str(&rest[..start - 1]);
            out.push_str("${");
            rest = &rest[start + 2..];
            continue;
        }
        out.push_str(&rest[..start]);
        let name = &rest[start + 2..];
        let end = name
            .find('}')
            .ok_or_else(|| format!("`{template}`: a closing brace is missing"))?;
        match source.value(&name[..end])? {
            Value::String(value) => out.push_str(&value),
            value => out.push_str(&value.to_string()),
        }
        rest = &name[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// A value in which every text is replaced. A text that is one `${name}` and nothing else takes the value's own type.
pub(crate) fn value(template: &Value, source: &mut impl Source) -> Result<Value, String> {
    Ok(match template {
        Value::String(template) => match whole(template) {
            Some(name) => source.value(name)?,
            None => Value::from(text(template, source)?),
        },
        Value::Array(items) => {
            let items: Result<Vec<Value>, String> = items.iter().map(|item| value(item, source)).collect();
            Value::from(items?)
        }
        Value::Object(object) => {
            let object: Result<_, String> = object
                .iter()
                .map(|(key, item)| Ok((key.clone(), value(item, source)?)))
                .collect();
            Value::Object(object?)
        }
        other => other.clone(),
    })
}

/// The name, if the text is exactly one `${name}`.
fn whole(template: &str) -> Option<&str> {
    let name = template.strip_prefix("${")?.strip_suffix('}')?;
    (!name.contains(['$', '}'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    impl Source for Variables {
        fn value(&mut self, name: &str) -> Result<Value, String> {
            self.get(name)
                .cloned()
                .ok_or_else(|| format!("${{{name}}} is not known"))
        }
    }

    fn variables() -> Variables {
        let mut variables = Variables::default();
        variables.set("p", "0190");
        variables.set("n", 3);
        variables
    }

    #[test]
    fn a_name_in_a_text_becomes_its_value() {
        assert_eq!(text("/s/${p}/x?n=${n}", &mut variables()).unwrap(), "/s/0190/x?n=3");
        assert_eq!(text("nothing", &mut variables()).unwrap(), "nothing");
        assert_eq!(text("$${p} ${p}", &mut variables()).unwrap(), "${p} 0190");
    }

    #[test]
    fn a_whole_name_keeps_the_type_of_its_value() {
        let template = json!({"a": ["${n}", "n${n}"], "b": true});
        assert_eq!(
            value(&template, &mut variables()).unwrap(),
            json!({"a": [3, "n3"], "b": true})
        );
    }

    #[test]
    fn an_unknown_name_or_a_missing_brace_is_an_error() {
        assert_eq!(text("${q}", &mut variables()).unwrap_err(), "${q} is not known");
        assert!(text("${p", &mut variables()).is_err());
        assert!(value(&json!(["${q}"]), &mut variables()).is_err());
    }
}
