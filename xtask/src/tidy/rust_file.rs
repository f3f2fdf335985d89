//! What the rules need to know of a Rust file, read from its tokens: comments and texts cannot mislead it.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// Found in one file.
#[derive(Debug, Default)]
pub struct RustFile {
    /// Functions with their lines.
    pub functions: Vec<Function>,
    /// Modules declared in files of their own.
    pub modules: Vec<Module>,
    /// Two names joined by `::`, with their line, outside of tests.
    pub paths: Vec<(usize, String)>,
    /// Macros called, outside of tests.
    pub macros: Vec<(usize, String)>,
    /// Methods called, outside of tests.
    pub methods: Vec<(usize, String)>,
    /// Lines with `#[ignore]`.
    pub ignored: Vec<usize>,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of `fn`.
    pub line: usize,
    /// Lines from `fn` to the closing brace.
    pub length: usize,
}

/// A module in a file of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name, or the path of a `#[path]`.
    pub name: String,
    /// Whether it is only built for tests.
    pub is_test: bool,
}

/// Reads a file. `is_test` says that all of it is only built for tests.
///
/// # Errors
/// It is no Rust.
pub fn read(text: &str, is_test: bool) -> Result<RustFile, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("cannot be read: {error}"))?;
    let mut file = RustFile::default();
    file.walk(tokens, is_test);
    Ok(file)
}

/// What the attributes before an item say.
#[derive(Default)]
struct Pending {
    is_test: bool,
    path: Option<String>,
    function: Option<(String, usize)>,
}

impl RustFile {
    fn walk(&mut self, stream: TokenStream, mut in_test: bool) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut pending = Pending::default();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let is_attribute = group.delimiter() == Delimiter::Bracket && is_after_hash(&tokens, at);
                    if is_attribute {
                        let is_inner = at >= 2 && is_punct(&tokens[at - 1], '!');
                        let is_test = self.attribute(group, &mut pending);
                        in_test |= is_inner && is_test;
                        pending.is_test |= is_test;
                        continue;
                    }
                    let is_body = group.delimiter() == Delimiter::Brace;
                    if let Some((name, line)) = pending.function.take_if(|_| is_body) {
                        let length = group.span_close().end().line + 1 - line;
                        self.functions.push(Function { name, line, length });
                    }
                    self.walk(group.stream(), in_test || pending.is_test);
                    if is_body {
                        pending = Pending::default();
                    }
                }
                TokenTree::Ident(word) => self.word(word, &tokens, at, in_test || pending.is_test, &mut pending),
                TokenTree::Punct(mark) if [';', ','].contains(&mark.as_char()) => pending = Pending::default(),
                _ => {}
            }
        }
    }

    /// Whether the attribute says that what follows is only for tests.
    fn attribute(&mut self, group: &Group, pending: &mut Pending) -> bool {
        let text: String = group.stream().into_iter().map(|token| token.to_string()).collect();
        if text == "ignore" || text.starts_with("ignore=") {
            self.ignored.push(group.span_open().start().line);
        }
        if let Some(path) = text.strip_prefix("path=") {
            pending.path = Some(path.trim_matches('"').to_owned());
        }
        text == "test"
            || text.starts_with("cfg(test")
            || text.starts_with("cfg(all(test")
            || text.starts_with("both_databases")
    }

    fn word(&mut self, word: &Ident, tokens: &[TokenTree], at: usize, in_test: bool, pending: &mut Pending) {
        let line = word.span().start().line;
        let next = |ahead: usize| tokens.get(at + ahead);
        match (word.to_string().as_str(), next(1)) {
            ("fn", Some(TokenTree::Ident(name))) => pending.function = Some((name.to_string(), line)),
            ("mod", Some(TokenTree::Ident(name))) if next(2).is_some_and(|token| is_punct(token, ';')) => {
                let name = pending.path.take().unwrap_or_else(|| name.to_string());
                self.modules.push(Module { name, is_test: in_test });
            }
            _ if in_test => {}
            (name, Some(mark))
                if is_punct(mark, '!') && next(2).is_some_and(|token| matches!(token, TokenTree::Group(_))) =>
            {
                self.macros.push((line, name.to_owned()));
            }
            (name, Some(TokenTree::Group(_))) if at > 0 && is_punct(&tokens[at - 1], '.') => {
                self.methods.push((line, name.to_owned()));
            }
            (name, Some(mark)) if is_punct(mark, ':') && next(2).is_some_and(|token| is_punct(token, ':')) => {
                if let Some(TokenTree::Ident(second)) = next(3) {
                    self.paths.push((line, format!("{name}::{second}")));
                }
            }
            _ => {}
        }
    }
}

fn is_after_hash(tokens: &[TokenTree], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|index| tokens.get(index));
    before(1).is_some_and(|token| is_punct(token, '#'))
        || (before(1).is_some_and(|token| is_punct(token, '!')) && before(2).is_some_and(|token| is_punct(token, '#')))
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured_from_fn_to_the_closing_brace() {
        let file = read(
            "fn a() {\n}\nimpl X {\n  pub fn b(\n  ) -> u8 {\n    1\n  }\n}\ntrait T { fn c(); }\n",
            false,
        )
        .unwrap();
        let lengths: Vec<(&str, usize)> = file
            .functions
            .iter()
            .map(|one| (one.name.as_str(), one.length))
            .collect();
        assert_eq!(lengths, [("a", 2), ("b", 4)]);
    }

    #[test]
    fn what_stands_in_tests_comments_and_texts_is_not_found() {
        let text = r#"
            // x.unwrap() SystemTime::now()
            fn a() { let _ = "y.unwrap()"; z.unwrap(); todo!(); Uuid::new_v4(); }
            #[cfg(test)] mod tests { fn b() { z.unwrap(); todo!(); Uuid::new_v4(); } }
            #[test] #[ignore] fn c() { z.unwrap() }
            fn d() { z.expect("why"); }
        "#;
        let file = read(text, false).unwrap();
        let names = |found: &[(usize, String)]| found.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&file.methods), ["unwrap", "expect"]);
        assert_eq!(names(&file.macros), ["todo"]);
        assert_eq!(names(&file.paths), ["Uuid::new_v4"]);
        assert_eq!(file.ignored, [5]);
        assert!(
            read("#![cfg(test)]\nfn a() { z.unwrap() }", false)
                .unwrap()
                .methods
                .is_empty()
        );
    }

    #[test]
    fn modules_in_files_of_their_own() {
        let file = read("mod a;\npub mod b { mod c; }\n#[path = \"x/y.rs\"]\nmod d;\n", false).unwrap();
        let names: Vec<&str> = file.modules.iter().map(|module| module.name.as_str()).collect();
        assert_eq!(names, ["a", "c", "x/y.rs"]);
        assert!(read("#[cfg(test)]\nmod a;\n", false).unwrap().modules[0].is_test);
    }
}
