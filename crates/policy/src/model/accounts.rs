//! Accounts, and registers whose entries move a quantity from one to another.

use crate::expr::Expr;
use lianfang_kernel::Words;

/// Where a quantity stands: at a holder, by item and lot.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// What it is called.
    pub title: Words,
    /// The type or kind of its holders; none for an account outside, which may owe without limit.
    pub of: Option<String>,
    /// The least that may stand there, in base units; none for an account outside.
    pub floor: Option<i64>,
    /// The most that may stand there, in base units; sees `subject`, the holder.
    pub cap: Option<Expr>,
    /// Whether what stands there may be given out: seized goods may not.
    pub usable: bool,
    /// Digits after the point of the quantities that are posted to it.
    pub scale: u8,
}

/// `posting` of a register: which fields tell what moves, how much, whence and whither. Where a field names a subject,
/// `subject` stands for the entry's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The field that names the item; without it everything posted is of one sort (money, persons).
    pub item: Option<String>,
    /// The field of the quantity, as it was counted.
    pub quantity: String,
    /// The field that says in which unit it was counted; without it in the item's base unit.
    pub unit: Option<String>,
    /// The field that names the lot.
    pub lot: Option<String>,
    /// The field that names the holder it leaves; the subject when none.
    pub from: Option<String>,
    /// The field that names the holder it reaches; the subject when none.
    pub to: Option<String>,
    /// The field whose code tells which of the moves it is.
    pub by: Option<String>,
    /// The moves there are.
    pub moves: Vec<Move>,
}

/// From one account to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The code that tells it; none when there is one move only.
    pub code: Option<String>,
    /// The account it leaves.
    pub from: String,
    /// The account it reaches.
    pub to: String,
}

impl Posting {
    /// The field that every posting register has: the quantity in the item's base unit.
    pub const AMOUNT: &'static str = "amount";

    /// The accounts it posts to.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        let ends = self.moves.iter().flat_map(|known| [&known.from, &known.to]);
        ends.map(String::as_str)
    }

    /// The move that a code tells; the only one when there is one.
    pub fn movement(&self, code: Option<&str>) -> Option<&Move> {
        match &self.by {
            None => self.moves.first(),
            Some(_) => self.moves.iter().find(|known| known.code.as_deref() == code),
        }
    }
}
