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
    /// Whether everybody may read its issues once somebody else has agreed to them.
    pub is_public: bool,
    /// To whom it is sent: 报：市指挥部　送：各成员单位.
    pub addressed_to: Option<Words>,
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
        /// Whether the value of the day before stands beside it.
        against_day_before: bool,
    },
    /// What there was + what came − what went = what there is, or by how much it does not.
    Reconcile {
        /// The stock: people being monitored, patients in hospital.
        indicator: String,
        /// The flows; the outcomes of a stock of enrolments when nothing is named.
        flows: Option<Flows>,
    },
    /// Who is missing in a figure.
    Gaps {
        /// The indicator.
        indicator: String,
    },
}

/// What fills and empties a stock.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    /// Indicators of what came.
    pub into: Vec<String>,
    /// Indicators of what went.
    pub out: Vec<String>,
}
