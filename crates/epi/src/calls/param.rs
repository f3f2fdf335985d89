//! What a call reads and what can be set.

/// A sheet that a call reads.
#[derive(Debug)]
pub struct Input {
    /// Its name: `--NAME`.
    pub name: &'static str,
    /// How a file of it is called in a usage line.
    pub file: &'static str,
    /// Whether nothing goes without it.
    pub is_required: bool,
    /// Its columns, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number within limits.
    Whole(u32, u32),
    /// A number.
    Number,
    /// `true` or `false`.
    YesNo,
    /// Set or not: no unless given.
    Switch,
    /// One of these, in any case.
    Choice(&'static [&'static str]),
    /// One or several of these, with commas between.
    Choices(&'static [&'static str]),
    /// A civil day.
    Day,
    /// `none`, `optim` or a civil day.
    Split,
    /// Moments from 1: `300:312`, `300:` or `300`.
    Range,
    /// Cases and periods: `5,4`.
    CasesAndPeriods,
}

/// Something that can be set.
#[derive(Debug)]
pub struct Param {
    /// Its name: `--NAME`; hyphens, underscores and case do not matter to a reader.
    pub name: &'static str,
    /// Further names.
    pub aliases: &'static [&'static str],
    /// What it must be.
    pub kind: Kind,
    /// What it is unless set.
    pub default: Option<&'static str>,
    /// How a value is called in a usage line.
    pub value: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

/// How a daily figure is given to a call.
#[derive(Debug)]
pub struct Daily {
    /// The column of counts; days stand under `date`.
    pub column: &'static str,
    /// What is set because a figure is daily.
    pub set: &'static [(&'static str, &'static str)],
}

impl Param {
    pub(super) const fn new(name: &'static str, kind: Kind, zh: &'static str, en: &'static str) -> Param {
        Param {
            name,
            aliases: &[],
            kind,
            default: None,
            value: match kind {
                Kind::Whole(..) => "N",
                Kind::Number => "X",
                Kind::YesNo | Kind::Switch => "true|false",
                Kind::Choice(_) => "NAME",
                Kind::Choices(_) => "NAME,…",
                Kind::Day => "DATE",
                Kind::Split => "none|optim|DATE",
                Kind::Range => "FIRST:LAST",
                Kind::CasesAndPeriods => "CASES,PERIODS",
            },
            zh,
            en,
        }
    }

    pub(super) const fn or(mut self, default: &'static str) -> Param {
        self.default = Some(default);
        self
    }

    pub(super) const fn also(mut self, aliases: &'static [&'static str]) -> Param {
        self.aliases = aliases;
        self
    }

    pub(super) const fn called(mut self, value: &'static str) -> Param {
        self.value = value;
        self
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        let same = |known: &str| letters(known).eq(letters(name));
        same(self.name) || self.aliases.iter().any(|alias| same(alias))
    }
}

impl Input {
    pub(super) const fn new(name: &'static str, file: &'static str, zh: &'static str, en: &'static str) -> Input {
        Input {
            name,
            file,
            is_required: true,
            zh,
            en,
        }
    }

    pub(super) const fn optional(mut self) -> Input {
        self.is_required = false;
        self
    }
}

/// `mean-si`, `mean_si` and `meanSi` are one name.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
}
