//! Numbered publications made of figures.

use lianfang_kernel::{TimeOfDay, Words};

/// A series of numbered publications.
#[derive(Clone, Debug)]
pub struct Briefing {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// What it is called.
    pub title: Words,
    /// What the issues are called: 简报.
    pub series: String,
    /// The time of day that its figures are read as of.
    pub as_of: TimeOfDay,
    /// What stands in it, in this order.
    pub blocks: Vec<BriefingBlock>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

/// A part of a publication.
#[derive(Clone, Debug)]
pub enum BriefingBlock {
    /// Words, with who answers for them.
    Text {
        /// The words.
        text: Words,
        /// Who answers for them.
        source: String,
    },
    /// A figure, with its parts.
    Figure {
        /// The indicator.
        indicator: String,
        /// Its parts; the whole alone when none.
        by: Vec<String>,
    },
    /// Who is missing in a figure.
    Gaps {
        /// The indicator.
        indicator: String,
    },
}
