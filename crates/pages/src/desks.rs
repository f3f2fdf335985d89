//! The pages that a post has besides the general ones, by what its role writes and reads.

use crate::{clinic, dispatch, documents, drills, operations, response, venues};
use lianfang_kernel::Lang;
use lianfang_server::Staff;
use lianfang_ui::paths;
use lianfang_ui::text::text;

/// Address and name of each that is of use to a reader.
pub(crate) fn open_to(staff: &Staff, lang: Lang) -> Vec<(String, String)> {
    let desks = [
        (clinic::is_for(staff), paths::CLINIC, "clinic-open"),
        (dispatch::is_for(staff), paths::DISPATCH, "dispatch-title"),
        (documents::is_for(staff), paths::DOCUMENTS, "documents-title"),
        (operations::is_for(staff), paths::OPERATIONS, "operations-title"),
        (venues::is_for(staff), paths::VENUES, "venues-title"),
        (response::is_for(staff), paths::RESPONSE, "response-title"),
        (drills::is_for(staff), paths::DRILLS, "drills-title"),
    ];
    let open = desks.into_iter().filter(|(is_for, ..)| *is_for);
    let mut open: Vec<(String, String)> = open.map(|(_, href, key)| (href.to_owned(), text(lang, key))).collect();
    if staff.writes("stock_move") {
        open.push((paths::balance_sheet("store"), text(lang, "desk-store")));
    }
    open
}
