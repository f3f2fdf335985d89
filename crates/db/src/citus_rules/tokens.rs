//! SQL cut into words and marks, without comments and without what stands in quotes.

/// A word in lower case, a parameter, or a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    text: String,
    is_quoted: bool,
}

impl Token {
    pub(super) fn is(&self, word: &str) -> bool {
        !self.is_quoted && self.text == word
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_parameter(&self) -> bool {
        !self.is_quoted && self.text.len() > 1 && self.text.starts_with('$')
    }

    /// True for a name, quoted or not, and for a keyword.
    pub(super) fn is_word(&self) -> bool {
        self.text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') && self.text != QUOTED_STRING
    }
}

/// What stands for any string in single quotes.
const QUOTED_STRING: &str = "''";

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first.is_whitespace() {
            first.len_utf8()
        } else if first == '\'' || first == '"' {
            let length = quoted(rest, first);
            let text = if first == '"' {
                rest[1..length].trim_end_matches('"')
            } else {
                QUOTED_STRING
            };
            found.push(Token {
                text: text.to_owned(),
                is_quoted: true,
            });
            length
        } else {
            let length = unquoted(rest, first);
            found.push(Token {
                text: rest[..length].to_lowercase(),
                is_quoted: false,
            });
            length
        };
        rest = &rest[length..];
    }
    found
}

/// Bytes of a string or quoted name with both its quotes; a doubled quote belongs to it.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(found) = text[at..].find(quote) {
        at += found + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// Bytes of a word, a number, a parameter or a mark.
fn unquoted(text: &str, first: char) -> usize {
    if text.starts_with("::") {
        return 2;
    }
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    if in_word(first) || first == '$' {
        let after = &text[first.len_utf8()..];
        return first.len_utf8() + after.find(|c| !in_word(c)).unwrap_or(after.len());
    }
    first.len_utf8()
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn comments_and_strings_are_not_words() {
        let found = tokens("SELECT a.b, 'it''s now()' /* x::y */ from \"Any\" -- end\nwhere é >= $12::int");
        let words: Vec<&str> = found.iter().map(super::Token::text).collect();
        assert_eq!(
            words,
            [
                "select", "a", ".", "b", ",", "''", "from", "Any", "where", "é", ">", "=", "$12", "::", "int"
            ]
        );
        assert!(found[12].is_parameter() && !found[7].is("Any"));
    }

    #[test]
    fn what_is_never_closed_ends_with_the_text() {
        for text in ["'abc", "\"abc", "/* abc", "-- abc", "'", "\"", "'é"] {
            assert!(tokens(text).len() <= 1, "{text}");
        }
    }
}
