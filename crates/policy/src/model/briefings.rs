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
        source: Words,
    },
    /// A figure, with its parts.
    Figure {
        /// The indicator.
        indicator: String,
        /// Its parts; the whole alone when none.
        by: Vec<String>,
        /// The earlier issue whose value stands beside it.
        against: Option<Against>,
    },
    /// The parts of a figure that are not nothing, the greatest first: the places with a case.
    List {
        /// The indicator.
        indicator: String,
        /// What its parts are.
        by: String,
    },
    /// A daily figure over the days up to that of the issue.
    Chart {
        /// The indicator.
        indicator: String,
        /// How many days.
        days: u8,
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
        /// The earlier issue whose list it is set against: who is newly missing, who no more.
        against: Option<Against>,
    },
}

/// What an issue is set against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The issue of the day before.
    DayBefore,
    /// The issue of seven days before.
    WeekBefore,
}

impl Against {
    /// How many days lie between.
    pub fn days(self) -> i64 {
        match self {
            Against::DayBefore => 1,
            Against::WeekBefore => 7,
        }
    }
}

/// What fills and empties a stock.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    /// Indicators of what came.
    pub into: Vec<String>,
    /// Indicators of what went.
    pub out: Vec<String>,
}
