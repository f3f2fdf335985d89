//! How much time is left until something is due, or for how long it has been late.

use crate::{
    Ctx,
    part::mark::{Meaning, mark},
};
use jiff::civil::DateTime;
use maud::{Markup, html};

/// Something due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Until when.
    pub due: DateTime,
    /// Minutes left; less than none once it is late.
    pub minutes: i64,
}

impl Clock {
    /// Its time is over.
    pub fn is_late(self) -> bool {
        self.minutes < 0
    }
}

/// The time left as a mark, with the moment it is due.
pub fn clock(cx: &Ctx, clock: Clock) -> Markup {
    let (meaning, key) = match clock.is_late() {
        true => (Meaning::Late, "clock-over"),
        false => (Meaning::Due, "clock-left"),
    };
    let words = cx.tf(key, &[("span", span(cx, clock.minutes.abs()).into())]);
    html! { (mark(meaning, &words)) " " span.quiet { (cx.tf("task-by", &[("at", cx.near(clock.due).into())])) } }
}

/// Minutes, or hours or days once there are several.
pub fn span(cx: &Ctx, minutes: i64) -> String {
    let (key, n) = match minutes {
        ..120 => ("clock-minutes", minutes),
        120..2_880 => ("clock-hours", minutes / 60),
        _ => ("clock-days", minutes / 1_440),
    };
    cx.tf(key, &[("n", n.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::Lang;

    #[test]
    fn a_span_is_said_in_the_unit_that_is_read_fastest() {
        let cx = Ctx::public(Lang::En, "", "/");
        let said = [0, 1, 119, 120, 2_879, 2_880].map(|minutes| span(&cx, minutes));
        assert_eq!(said, ["0 min", "1 min", "119 min", "2 h", "47 h", "2 days"]);
    }
}
