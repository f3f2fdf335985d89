//! Compares an answer with what a scenario expects of it: a subset match with operators, and a readable difference.
//!
//! An object in the pattern names the keys that matter; others may be there. An array has the same length and order.
//! An object whose keys start with `$` is an operator, several in one object must all hold:
//!
//! | operator | holds when the value |
//! |---|---|
//! | `$any = true` | is there and not null |
//! | `$absent = true` | is missing or null |
//! | `$contains = [..]` | is an array with a different element for each pattern, in any order |
//! | `$length = n` | is an array, object or text of n elements; n may be an operator, `{ "$gte" = 1 }` |
//! | `$not = p` | does not match p (and is there) |
//! | `$gte` `$gt` `$lte` `$lt` | compares so, numbers with numbers and texts with texts |
//! | `$match = "part"` | is a text that contains the part |
//! | `$one_of = [..]` | matches one of the patterns |
//! | `$each = p` | is an array, every element of which matches p |
//! | `$equal = v` | is exactly v, with no further keys |

use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::fmt;

/// One place where the answer is not what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// JSON pointer of the place in the answer.
    pub path: String,
    /// What was expected there, in words or JSON.
    pub expected: String,
    /// What was found, as JSON; nothing when the place is missing.
    pub found: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the answer" } else { &self.path };
        match &self.found {
            Some(found) => write!(f, "{path}: expected {}, found {}", self.expected, short(found)),
            None => write!(f, "{path}: expected {}, found nothing", self.expected),
        }
    }
}

/// A value as JSON on one line, cut when long.
fn short(value: &Value) -> String {
    const LONGEST: usize = 300;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{} … ({} characters)", &text[..cut], text.chars().count()),
        None => text,
    }
}

const OPERATORS: [&str; 12] = [
    "$any",
    "$absent",
    "$contains",
    "$length",
    "$not",
    "$gte",
    "$gt",
    "$lte",
    "$lt",
    "$match",
    "$one_of",
    "$each",
];

/// Whether a pattern only uses operators that exist, in forms that mean something.
///
/// # Errors
/// The first mistake, in words.
pub fn check_pattern(pattern: &Value) -> Result<(), String> {
    match pattern {
        Value::Array(items) => items.iter().try_for_each(check_pattern),
        Value::Object(object) => {
            let operators = object.keys().filter(|key| key.starts_with('$')).count();
            if operators != 0 && operators != object.len() {
                return Err(format!("operators and keys are mixed in {}", short(pattern)));
            }
            object.iter().try_for_each(|(key, value)| match key.as_str() {
                "$equal" => Ok(()),
                "$any" | "$absent" if value != &Value::Bool(true) => Err(format!("{key} is always true")),
                "$contains" | "$one_of" if !value.is_array() => Err(format!("{key} takes an array")),
                "$match" if !value.is_string() => Err("$match takes a text".to_owned()),
                "$gte" | "$gt" | "$lte" | "$lt" if !value.is_number() && !value.is_string() => {
                    Err(format!("{key} takes a number or a text"))
                }
                "$length" if !value.is_u64() && !value.is_object() => Err("$length takes a number".to_owned()),
                key if key.starts_with('$') && !OPERATORS.contains(&key) => Err(format!("{key} is no operator")),
                _ => check_pattern(value),
            })
        }
        _ => Ok(()),
    }
}

/// All differences between `pattern` and `answer`; none when it matches.
pub fn differences(pattern: &Value, answer: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(pattern, Some(answer), "", &mut found);
    found
}

fn matches(pattern: &Value, value: Option<&Value>) -> bool {
    let mut found = Vec::new();
    compare(pattern, value, "", &mut found);
    found.is_empty()
}

fn compare(pattern: &Value, value: Option<&Value>, path: &str, into: &mut Vec<Difference>) {
    if let Some(operators) = as_operators(pattern) {
        for (operator, argument) in operators {
            operate(operator, argument, value, path, into);
        }
        return;
    }
    let mut differ = |expected: String| {
        into.push(Difference {
            path: path.to_owned(),
            expected,
            found: value.cloned(),
        });
    };
    match (pattern, value) {
        (Value::Object(wanted), Some(Value::Object(have))) => {
            for (key, inner) in wanted {
                compare(inner, have.get(key), &format!("{path}/{}", escape(key)), into);
            }
        }
        (Value::Array(wanted), Some(Value::Array(have))) => {
            if wanted.len() != have.len() {
                differ(format!("{} elements (not {})", wanted.len(), have.len()));
                return;
            }
            for (index, (inner, value)) in wanted.iter().zip(have).enumerate() {
                compare(inner, Some(value), &format!("{path}/{index}"), into);
            }
        }
        (pattern, Some(value)) if is_same(pattern, value) => {}
        _ => differ(short(pattern)),
    }
}

fn as_operators(pattern: &Value) -> Option<&Map<String, Value>> {
    let object = pattern.as_object()?;
    (!object.is_empty() && object.keys().all(|key| key.starts_with('$'))).then_some(object)
}

fn operate(operator: &str, argument: &Value, value: Option<&Value>, path: &str, into: &mut Vec<Difference>) {
    let present = value.filter(|value| !value.is_null());
    let holds = match operator {
        "$any" => present.is_some(),
        "$absent" => present.is_none(),
        "$not" => value.is_some() && !matches(argument, value),
        "$equal" => value == Some(argument),
        "$match" => matches_part(argument, value),
        "$one_of" => argument
            .as_array()
            .is_some_and(|all| all.iter().any(|one| matches(one, value))),
        "$gte" => order(value, argument).is_some_and(Ordering::is_ge),
        "$gt" => order(value, argument).is_some_and(Ordering::is_gt),
        "$lte" => order(value, argument).is_some_and(Ordering::is_le),
        "$lt" => order(value, argument).is_some_and(Ordering::is_lt),
        "$length" => length(value).is_some_and(|length| matches(argument, Some(&Value::from(length)))),
        "$each" => {
            each(argument, value, path, into);
            value.is_some_and(Value::is_array)
        }
        "$contains" => return contains(argument, value, path, into),
        _ => false,
    };
    if !holds {
        let expected = match operator {
            "$any" => "a value".to_owned(),
            "$absent" => "nothing".to_owned(),
            "$length" => match length(value) {
                Some(have) => format!("length {} (it is {have})", short(argument)),
                None => format!("length {}", short(argument)),
            },
            _ => format!("{operator} {}", short(argument)),
        };
        into.push(Difference {
            path: path.to_owned(),
            expected,
            found: value.cloned(),
        });
    }
}

fn each(argument: &Value, value: Option<&Value>, path: &str, into: &mut Vec<Difference>) {
    for (index, item) in value.and_then(Value::as_array).into_iter().flatten().enumerate() {
        compare(argument, Some(item), &format!("{path}/{index}"), into);
    }
}

/// Every pattern needs an element of its own, so the assignment is searched, not taken greedily: `{}` must not take
/// the element that only another pattern fits. Answers are short.
fn contains(argument: &Value, value: Option<&Value>, path: &str, into: &mut Vec<Difference>) {
    let wanted = argument.as_array().map(Vec::as_slice).unwrap_or_default();
    let have = value.and_then(Value::as_array).map(Vec::as_slice);
    let fits: Vec<Vec<usize>> = wanted
        .iter()
        .map(|pattern| {
            let items = have.unwrap_or_default().iter().enumerate();
            items
                .filter(|(_, item)| matches(pattern, Some(item)))
                .map(|(index, _)| index)
                .collect()
        })
        .collect();
    let mut missing = fits.iter().zip(wanted).filter(|(fits, _)| fits.is_empty()).peekable();
    if have.is_some() && missing.peek().is_none() {
        let mut taken_by = vec![None; have.unwrap_or_default().len()];
        let all_placed = (0..wanted.len()).all(|pattern| place(pattern, &fits, &mut taken_by, &mut Vec::new()));
        if all_placed {
            return;
        }
    }
    let expected = match missing.next() {
        Some((_, pattern)) => format!("an element like {}", short(pattern)),
        None => format!("a different element for each of {}", short(argument)),
    };
    into.push(Difference {
        path: path.to_owned(),
        expected,
        found: value.cloned(),
    });
}

/// Finds an element for a pattern, moving others on if need be (augmenting paths).
fn place(pattern: usize, fits: &[Vec<usize>], taken_by: &mut [Option<usize>], seen: &mut Vec<usize>) -> bool {
    for &element in &fits[pattern] {
        if seen.contains(&element) {
            continue;
        }
        seen.push(element);
        let is_free = match taken_by[element] {
            None => true,
            Some(other) => place(other, fits, taken_by, seen),
        };
        if is_free {
            taken_by[element] = Some(pattern);
            return true;
        }
    }
    false
}

fn matches_part(argument: &Value, value: Option<&Value>) -> bool {
    let (Some(part), Some(text)) = (argument.as_str(), value.and_then(Value::as_str)) else {
        return false;
    };
    text.contains(part)
}

fn order(value: Option<&Value>, argument: &Value) -> Option<Ordering> {
    match (value?, argument) {
        (Value::Number(value), Value::Number(bound)) => value.as_f64()?.partial_cmp(&bound.as_f64()?),
        (Value::String(value), Value::String(bound)) => Some(value.cmp(bound)),
        _ => None,
    }
}

fn length(value: Option<&Value>) -> Option<usize> {
    match value? {
        Value::Array(items) => Some(items.len()),
        Value::Object(object) => Some(object.len()),
        Value::String(text) => Some(text.chars().count()),
        _ => None,
    }
}

/// 1 and 1.0 are one number: a scenario need not know how the server writes it.
fn is_same(pattern: &Value, value: &Value) -> bool {
    match (pattern, value) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => pattern == value,
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn holds(pattern: Value, answer: Value) {
        check_pattern(&pattern).unwrap();
        let found: Vec<String> = differences(&pattern, &answer).iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{found:?}");
    }

    #[track_caller]
    fn differs(pattern: Value, answer: Value, expected: &str) {
        check_pattern(&pattern).unwrap();
        let found: Vec<String> = differences(&pattern, &answer).iter().map(ToString::to_string).collect();
        assert_eq!(found.join("\n"), expected);
    }

    #[test]
    fn an_object_names_the_keys_that_matter() {
        holds(json!({"a": 1}), json!({"a": 1, "b": 2}));
        holds(json!({}), json!({"b": 2}));
        differs(
            json!({"a": {"b": "x"}}),
            json!({"a": {"b": "y"}}),
            r#"/a/b: expected "x", found "y""#,
        );
        differs(json!({"a/b": 1}), json!({}), "/a~1b: expected 1, found nothing");
    }

    #[test]
    fn an_array_has_the_same_length_and_order() {
        holds(json!([{"a": 1}, {}]), json!([{"a": 1, "b": 1}, {"c": 1}]));
        differs(
            json!([1, 2]),
            json!([2, 1]),
            "/0: expected 1, found 2\n/1: expected 2, found 1",
        );
        differs(
            json!({"x": [1]}),
            json!({"x": [1, 2]}),
            "/x: expected 1 elements (not 2), found [1,2]",
        );
        differs(json!([]), json!({}), "the answer: expected [], found {}");
    }

    #[test]
    fn numbers_are_compared_by_value() {
        holds(json!(1), json!(1.0));
        holds(json!({"$gte": 1}), json!(1));
        holds(json!({"$gt": 1, "$lt": 2}), json!(1.5));
        holds(json!({"$lte": "2022-01-20"}), json!("2022-01-20"));
        differs(json!({"$gte": 1}), json!(0), "the answer: expected $gte 1, found 0");
        differs(
            json!({"$gte": 1}),
            json!("2"),
            r#"the answer: expected $gte 1, found "2""#,
        );
    }

    #[test]
    fn presence_and_absence() {
        holds(json!({"a": {"$absent": true}}), json!({}));
        holds(json!({"a": {"$absent": true}}), json!({"a": null}));
        holds(json!({"a": null}), json!({"a": null}));
        holds(json!({"a": {"$any": true}}), json!({"a": 0}));
        differs(
            json!({"a": {"$any": true}}),
            json!({}),
            "/a: expected a value, found nothing",
        );
        differs(
            json!({"a": {"$absent": true}}),
            json!({"a": 1}),
            "/a: expected nothing, found 1",
        );
    }

    #[test]
    fn not_means_there_and_different() {
        holds(json!({"a": {"$not": {"$length": 0}}}), json!({"a": [1]}));
        differs(
            json!({"a": {"$not": 1}}),
            json!({"a": 1}),
            "/a: expected $not 1, found 1",
        );
        differs(
            json!({"a": {"$not": 1}}),
            json!({}),
            "/a: expected $not 1, found nothing",
        );
    }

    #[test]
    fn contains_gives_each_pattern_an_element_of_its_own() {
        holds(json!({"$contains": [{"a": 2}]}), json!([{"a": 1}, {"a": 2}]));
        holds(json!({"$contains": [{}, {"a": 1}]}), json!([{"a": 1}, {"a": 2}]));
        holds(json!({"$contains": []}), json!([]));
        differs(
            json!({"$contains": [{"a": 3}]}),
            json!([{"a": 1}]),
            r#"the answer: expected an element like {"a":3}, found [{"a":1}]"#,
        );
        differs(
            json!({"$contains": [1, 1]}),
            json!([1, 2]),
            "the answer: expected a different element for each of [1,1], found [1,2]",
        );
        differs(
            json!({"$contains": [1]}),
            json!({}),
            "the answer: expected an element like 1, found {}",
        );
    }

    #[test]
    fn lengths_parts_and_choices() {
        holds(json!({"$length": 2}), json!([1, 2]));
        holds(json!({"$length": {"$gte": 2}}), json!("隔离"));
        holds(json!({"$match": "2022-01-20"}), json!("2022-01-20T10:00:00+08:00"));
        holds(json!({"$one_of": ["open", {"$match": "mis"}]}), json!("missed"));
        holds(
            json!({"$each": {"state": "open"}}),
            json!([{"state": "open"}, {"state": "open"}]),
        );
        holds(json!({"$equal": {"a": 1}}), json!({"a": 1}));
        differs(
            json!({"$length": 0}),
            json!([1]),
            "the answer: expected length 0 (it is 1), found [1]",
        );
        differs(json!({"$each": 1}), json!([1, 2]), "/1: expected 1, found 2");
        differs(json!({"$each": 1}), json!({}), "the answer: expected $each 1, found {}");
        differs(
            json!({"$equal": {"a": 1}}),
            json!({"a": 1, "b": 1}),
            r#"the answer: expected $equal {"a":1}, found {"a":1,"b":1}"#,
        );
    }

    #[test]
    fn what_an_operator_cannot_mean_is_refused_before_it_runs() {
        for pattern in [
            json!({"$gte": 1, "a": 1}),
            json!({"$has": 1}),
            json!({"a": [{"$any": false}]}),
            json!({"$contains": {}}),
            json!({"$match": 1}),
            json!({"$length": -1}),
            json!({"$gt": []}),
            json!({"$not": {"$odd": 1}}),
        ] {
            assert!(check_pattern(&pattern).is_err(), "{pattern}");
        }
    }
}
