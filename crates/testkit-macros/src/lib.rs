//! The both-database test attribute.
//!
//! A store test is a function that takes a database; the attribute runs it on SQLite and on PostgreSQL:
//!
//! ```text
//! #[both_databases]
//! fn an_entry_is_found_again(db: TestDb) { … }
//! // gives the tests an_entry_is_found_again::sqlite and an_entry_is_found_again::postgres
//! ```
//!
//! It is used through `lianfang_testkit::both_databases`. It is written on plain tokens, without a parser crate,
//! because it only needs the function's name.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Makes of `fn name(db: TestDb)` the tests `name::sqlite` and `name::postgres`, each with a fresh database.
///
/// `#[both_databases(make)]` calls `make(engine)` and hands its result to the function instead, for tests that start
/// from a template. The function may return a `Result`. The PostgreSQL half fails, it is never skipped, when no
/// server is named.
#[proc_macro_attribute]
pub fn both_databases(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(&arguments.to_string(), item).unwrap_or_else(|message| {
        let error = format!("::core::compile_error!({message:?});");
        error.parse().unwrap_or_default()
    })
}

fn expand(make: &str, item: TokenStream) -> Result<TokenStream, String> {
    let Function { name, has_output } = Function::read(item.clone())?;
    let make = match make {
        "" => "::lianfang_testkit::TestDb::fresh".to_owned(),
        path if path.starts_with("crate") || path.starts_with("::") => path.to_owned(),
        path => format!("super::{path}"),
    };
    // The names of the output type are not in scope one module deeper; what a test may return is.
    let output = if has_output {
        "-> impl ::std::process::Termination"
    } else {
        ""
    };
    // Functions and modules have separate names, so the module may be called like the function it runs.
    let tests = format!(
        "mod {name} {{
            #[test] fn sqlite() {output} {{ super::{name}({make}(::lianfang_testkit::Engine::Sqlite)) }}
            #[test] fn postgres() {output} {{ super::{name}({make}(::lianfang_testkit::Engine::Postgres)) }}
        }}"
    );
    let tests: TokenStream = tests.parse().map_err(|error| format!("both_databases: {error}"))?;
    Ok(item.into_iter().chain(tests).collect())
}

struct Function {
    name: String,
    has_output: bool,
}

impl Function {
    fn read(item: TokenStream) -> Result<Self, String> {
        let mut tokens = item.into_iter();
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => refuse_attribute(group.stream())?,
                TokenTree::Ident(word) if word.to_string() == "async" => {
                    return Err("both_databases: the store is synchronous, write a plain fn".to_owned());
                }
                TokenTree::Ident(word) if word.to_string() == "fn" => return Self::read_after_fn(tokens),
                _ => {}
            }
        }
        Err("both_databases stands on a function: fn name(db: TestDb) { … }".to_owned())
    }

    fn read_after_fn(mut tokens: impl Iterator<Item = TokenTree>) -> Result<Self, String> {
        let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
        match tokens.next() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {}
            _ => return Err("both_databases: a test is not generic".to_owned()),
        }
        let has_output = matches!(tokens.next(), Some(TokenTree::Punct(mark)) if mark.as_char() == '-');
        Ok(Self { name, has_output })
    }
}

/// A test that is not run, or that runs twice, defeats the purpose.
fn refuse_attribute(attribute: TokenStream) -> Result<(), String> {
    match attribute.into_iter().next() {
        Some(TokenTree::Ident(word)) if ["ignore", "test", "should_panic"].contains(&word.to_string().as_str()) => {
            Err(format!("both_databases cannot be combined with #[{word}]"))
        }
        _ => Ok(()),
    }
}
