//! The frames around pages: public, staff, wall. One head, one set of banners, one footer.

mod banner;
mod check;
mod head;
mod public;
mod staff;
mod wall;

pub use check::check;
pub use public::{back_link, public};
pub use staff::{Nav, staff};
pub use wall::{WallFrame, wall};

use crate::{Ctx, Markup};

/// The staff frame for those who are signed in, else the public one: pages that both kinds of reader open.
pub fn either(cx: &Ctx, title: &Title, here: Nav, body: &Markup) -> Markup {
    if cx.acting.is_some() {
        staff(cx, title, here, body)
    } else {
        public(cx, title, body)
    }
}

/// What a frame needs from its page.
#[derive(Clone, Debug, Default)]
pub struct Title {
    /// The page's own name: document title and, unless the page draws its own, the heading.
    pub text: String,
    /// An error stands on the page: the document title says so first.
    pub has_error: bool,
    /// The page shows charts that script may take over.
    pub has_charts: bool,
    /// The page shows tasks that may be answered without network.
    pub has_tasks: bool,
    /// The page counts at a door, also without network.
    pub has_door: bool,
    /// A phone keeps the page: no moment stands on it that would be a past one by the time it is read.
    pub is_timeless: bool,
    /// The page shows a pass that script keeps and makes a picture of.
    pub has_pass: bool,
}

impl Title {
    /// A plain title.
    pub fn new(text: impl Into<String>) -> Title {
        Title {
            text: text.into(),
            ..Title::default()
        }
    }

    /// The same with the mark of an error.
    pub fn error(mut self, has_error: bool) -> Title {
        self.has_error = has_error;
        self
    }

    /// The same with the script of tasks.
    pub fn today(mut self) -> Title {
        self.has_tasks = true;
        self
    }

    /// The same with the script of doors.
    pub fn door(mut self) -> Title {
        self.has_door = true;
        self
    }

    /// The same without the moment at which it was drawn.
    pub fn timeless(mut self) -> Title {
        self.is_timeless = true;
        self
    }

    /// The same with the script of passes.
    pub fn passes(mut self) -> Title {
        self.has_pass = true;
        self
    }

    /// The same with the chart script.
    pub fn charts(mut self) -> Title {
        self.has_charts = true;
        self
    }
}
