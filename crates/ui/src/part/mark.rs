//! Marks of state: always colour, word and shape together, and never a judgement on a person.

use crate::{
    Ctx,
    icon::{Icon, icon},
};
use maud::{Markup, html};

/// The four meanings that have a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Meaning {
    /// To be done, in time so far: blue, clock.
    Due,
    /// Past its time: red, triangle.
    Late,
    /// Done: green, tick.
    Done,
    /// Not known: grey, dashed.
    #[default]
    Unknown,
}

impl Meaning {
    fn class(self) -> &'static str {
        match self {
            Meaning::Due => "mark due",
            Meaning::Late => "mark late",
            Meaning::Done => "mark done",
            Meaning::Unknown => "mark unknown",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Meaning::Due => Icon::Due,
            Meaning::Late => Icon::Late,
            Meaning::Done => Icon::Done,
            Meaning::Unknown => Icon::Unknown,
        }
    }
}

/// A mark with its word.
pub fn mark(meaning: Meaning, word: &str) -> Markup {
    html! { span class=(meaning.class()) { (icon(meaning.icon())) (word) } }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryState {
    /// Stands as sent.
    #[default]
    Accepted,
    /// Stands, and somebody is asked to look at it.
    Flagged,
    /// Replaced by a later entry.
    Corrected,
    /// Taken back with a reason.
    Withdrawn,
    /// Kept aside because it does not fit the register.
    Tray,
}

/// What became of an entry as a word, for a file; nothing for the plain case.
pub fn entry_state_words(cx: &Ctx, state: EntryState) -> String {
    match state {
        EntryState::Accepted => String::new(),
        EntryState::Flagged => cx.t("entry-flagged"),
        EntryState::Corrected => cx.t("entry-corrected"),
        EntryState::Withdrawn => cx.t("entry-withdrawn"),
        EntryState::Tray => cx.t("entry-tray"),
    }
}

/// The mark of an entry's state; nothing for the plain case.
pub fn entry_state(cx: &Ctx, state: EntryState) -> Markup {
    let key = match state {
        EntryState::Accepted => return html! {},
        EntryState::Flagged => "entry-flagged",
        EntryState::Corrected => "entry-corrected",
        EntryState::Withdrawn => "entry-withdrawn",
        EntryState::Tray => "entry-tray",
    };
    let class = match state {
        EntryState::Withdrawn => "tag struck",
        EntryState::Flagged => "tag flagged",
        _ => "tag",
    };
    html! { span class=(class) { (cx.t(key)) } }
}

/// How well a fact is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assurance {
    /// Said by the person.
    #[default]
    Said,
    /// A document was seen.
    Seen,
    /// Checked against a source.
    Verified,
}

/// The word for how well a fact is known.
pub fn assurance(cx: &Ctx, assurance: Assurance) -> Markup {
    let key = match assurance {
        Assurance::Said => "assurance-self",
        Assurance::Seen => "assurance-seen",
        Assurance::Verified => "assurance-verified",
    };
    html! { span.tag { (cx.t(key)) } }
}

/// A plain label.
pub fn tag(word: &str) -> Markup {
    html! { span.tag { (word) } }
}
