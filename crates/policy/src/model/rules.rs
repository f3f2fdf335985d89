//! Rule tables and guards.

use super::Look;
use crate::expr::Expr;
use lianfang_kernel::{Day, RegionId, Words};

/// A rule table: the first row whose area, dates and condition hold gives the value.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// What it is called.
    pub title: Words,
    /// Version, printed with every decision.
    pub version: u32,
    /// Inputs by name, with their kind's id.
    pub inputs: Vec<(String, String)>,
    /// Results by name, with their kind's id or list.
    pub results: Vec<(String, String)>,
    /// Rows in order; an overlay's stand first.
    pub rows: Vec<RuleRow>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

/// One row of a rule table.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Row number as people count, from 1.
    pub number: u32,
    /// The area it holds in; everywhere when none.
    pub area: Option<RegionId>,
    /// First day.
    pub from: Option<Day>,
    /// First day when it no longer holds.
    pub to: Option<Day>,
    /// Its condition over the inputs.
    pub when: Expr,
    /// Results by name.
    pub then: Vec<(String, Expr)>,
    /// The facts it rests on, stored with the decision.
    pub because: Option<Expr>,
    /// The clause of the notice.
    pub clause: Option<String>,
    /// Why, in words for people.
    pub title: Option<Words>,
}

/// A guard: judged before an act is accepted.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// Registers it watches.
    pub on: Vec<String>,
    /// Acts it watches.
    pub acts: Vec<lianfang_kernel::Act>,
    /// Where it holds; everywhere when none.
    pub area: Option<RegionId>,
    /// When it applies at all.
    pub when: Option<Expr>,
    /// What must hold.
    pub require: Expr,
    /// What people read when it does not.
    pub refuse: Words,
    /// What to do now.
    pub hint: Option<Words>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// Refuse, warn or flag.
    pub severity: Severity,
    /// First and last day but one on which it is judged; always when none.
    pub in_force: (Option<Day>, Option<Day>),
    /// What is offered where it does not hold: free rooms, uncovered hours.
    pub offer: Option<Offer>,
    /// Who may override it, and which fields that needs.
    pub override_by: Option<(String, Vec<String>)>,
    /// Which desk is told of a flag; the territory when none.
    pub notify: Option<Expr>,
    /// Its ledger reads.
    pub looks: Vec<Look>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

/// A list offered where a guard does not hold.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The list.
    pub list: Expr,
    /// Fields of its records that are moments.
    pub moments: Vec<String>,
    /// Fields of its records that are days.
    pub days: Vec<String>,
}

/// What a failed guard does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The act is refused.
    Refuse,
    /// The act needs `confirmed`.
    Warn,
    /// The entry is kept, flagged, and shown for review.
    Flag,
}
