//! What an account keeps of a list: its columns, and lists that were saved as they were asked for.
//!
//! Kept with the account, so that a desk and a phone show the same. It holds names of fields and what was asked for.

use crate::form::Form;
use crate::visit::Desk;
use lianfang_ledger::{KEPT_BYTES, KeptAt};
use lianfang_server::{ApiError, AppState, read, settle};

/// Lists that one account keeps of a register.
const SAVED: usize = 24;
const COLUMNS: &str = "columns";
const LISTS: &str = "lists";

/// What an account keeps of one list.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// The columns chosen before; none when nothing was chosen.
    pub columns: Option<Vec<String>>,
    /// The lists saved before, as they stand in an address.
    pub lists: Vec<String>,
}

fn place(desk: &Desk, kind: &'static str, register: &str) -> KeptAt {
    KeptAt {
        owner: desk.staff.login.id.0,
        kind,
        name: register.to_owned(),
    }
}

/// What is kept of the list of a register.
pub(super) async fn of(state: &AppState, desk: &Desk, register: &str) -> Result<Kept, ApiError> {
    let (columns, lists) = (place(desk, COLUMNS, register), place(desk, LISTS, register));
    read(state, move |reader| {
        let columns = reader.kept(&columns)?;
        let lists = reader.kept(&lists)?.unwrap_or_default();
        Ok(Kept {
            columns: columns.map(|kept| kept.split('.').map(str::to_owned).collect()),
            lists: lists.lines().map(str::to_owned).collect(),
        })
    })
    .await
}

/// Keeps columns for a register; none chosen is none kept.
pub(super) async fn keep_columns(
    state: &AppState,
    desk: &Desk,
    register: &str,
    columns: &[String],
) -> Result<(), ApiError> {
    let value = (!columns.is_empty()).then(|| columns.join("."));
    settle(state.ledger.keep(place(desk, COLUMNS, register), value)).await
}

/// Saves one more list, or forgets it where it was saved already.
pub(super) async fn turn_list(state: &AppState, desk: &Desk, register: &str, query: &str) -> Result<(), ApiError> {
    let lists = turned(of(state, desk, register).await?.lists, query);
    let value = (!lists.is_empty()).then(|| lists.join("\n"));
    settle(state.ledger.keep(place(desk, LISTS, register), value)).await
}

fn turned(mut all: Vec<String>, query: &str) -> Vec<String> {
    match all.iter().position(|kept| kept == query) {
        Some(place) => drop(all.remove(place)),
        // An encoded query has no line ends; what has some is no query of a list.
        None if query.lines().count() != 1 => {}
        None => all.push(query.to_owned()),
    }
    while all.len() > SAVED || all.iter().map(|query| query.len() + 1).sum::<usize>() > KEPT_BYTES {
        all.remove(0);
    }
    all
}

/// A saved list as what it asks for.
pub(super) fn asked(query: &str) -> Form {
    Form::parse(query.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_saved_once_and_forgotten_by_the_same_button() {
        let once = turned(Vec::new(), "from=2022-01-01&is.class=x");
        assert_eq!(asked(&once[0]).get("is.class"), "x");
        assert!(turned(once.clone(), "from=2022-01-01&is.class=x").is_empty());
        assert_eq!(turned(once.clone(), "a=b\nc=d"), once);
    }

    #[test]
    fn the_oldest_goes_first() {
        let many = (0..30).fold(Vec::new(), |all, n| turned(all, &format!("q={n}")));
        assert_eq!((many.len(), many[0].as_str()), (SAVED, "q=6"));
    }
}
