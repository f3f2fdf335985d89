//! From a written condition to a checked one, complaining at its place.

use super::log::Log;
use super::table::wrong;
use super::tree::{Spot, Value};
use crate::expr::Expr;
use crate::expr::check::{Checked, Want, compile};
use crate::expr::scope::Scope;
use crate::expr::ty::Ty;

/// The condition that `spot` holds; `true`, `false` and integers may stand without quotes.
pub(super) fn checked(log: &mut Log, spot: &Spot, scope: &Scope<'_>, want: &Want) -> Option<Checked> {
    let text = match &spot.value {
        Value::Text(text, _) => text.clone(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        _ => {
            wrong(log, spot, "", ("条件，写在引号中", "a condition in quotes"));
            return None;
        }
    };
    checked_text(log, spot, &text, scope, want)
}

/// A condition whose text was made of what `spot` holds.
pub(super) fn checked_text(log: &mut Log, spot: &Spot, text: &str, scope: &Scope<'_>, want: &Want) -> Option<Checked> {
    match compile(text, log.place(spot.place()), scope, want) {
        Ok(checked) => Some(checked),
        Err(complaints) => {
            log.complaints(spot, complaints);
            None
        }
    }
}

/// A condition of a type, the value being there.
pub(super) fn expr(log: &mut Log, spot: Option<&Spot>, scope: &Scope<'_>, ty: Ty) -> Option<Expr> {
    Some(checked(log, spot?, scope, &Want::Ty(ty))?.expr)
}

/// A condition of a type, or none.
pub(super) fn maybe(log: &mut Log, spot: Option<&Spot>, scope: &Scope<'_>, ty: Ty) -> Option<Expr> {
    Some(checked(log, spot?, scope, &Want::Maybe(ty))?.expr)
}

/// A constant as the text of a literal.
pub(super) fn constant_text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(b) => Some(b.to_string()),
        Value::Int(n) => Some(n.to_string()),
        Value::Decimal(digits) => Some(digits.clone()),
        Value::Text(text, _) | Value::Date(text) => serde_json::to_string(text).ok(),
        Value::List(_) | Value::Table(_) => None,
    }
}
