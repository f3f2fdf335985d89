//! What every page needs to know about the reader and the moment, whatever it shows.

use crate::{dates, text, text::Args};
use jiff::civil::{Date, DateTime};
use lianfang_kernel::Lang;

/// A place and role in which somebody may act.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Value sent back when switching to it.
    pub id: String,
    /// "滨河社区 · 网格员", in the reader's language.
    pub label: String,
}

/// The signed-in member of staff.
#[derive(Clone, Debug, Default)]
pub struct Acting {
    /// The person's own name, as shown to themselves.
    pub name: String,
    /// Where and as what they act now.
    pub place: Place,
    /// The other places and roles they may switch to.
    pub others: Vec<Place>,
    /// Open tasks of today, shown beside the first entry of the navigation.
    pub open_tasks: u32,
    /// Whether a briefing exists; without one the entry is left out.
    pub has_briefings: bool,
    /// Whether the settings are theirs to see.
    pub sees_settings: bool,
    /// The pages of the settings that open for them.
    pub settings: Vec<&'static str>,
}

/// The reader, the moment and the place a page is drawn for.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The reader's language.
    pub lang: Lang,
    /// Name of the city in that language.
    pub city: String,
    /// Path and query of this page without `lang` and `as_of`: language switch and as-of control return here.
    pub path: String,
    /// The city's clock at drawing.
    pub now: DateTime,
    /// A past moment being looked at: the page turns to paper and nothing can be written.
    pub as_of: Option<DateTime>,
    /// Token of the session against forged forms; empty on pages without forms.
    pub csrf: String,
    /// Build version shown in the footer.
    pub version: String,
    /// Synthetic people: said on every page.
    pub is_demo: bool,
    /// The test clock, if this database runs on one.
    pub test_clock: bool,
    /// Who acts; `None` on public pages.
    pub acting: Option<Acting>,
}

impl Ctx {
    /// A public page without forms at the start of time; set the rest with struct update.
    pub fn public(lang: Lang, city: &str, path: &str) -> Ctx {
        Ctx {
            lang,
            city: city.to_owned(),
            path: path.to_owned(),
            now: DateTime::ZERO,
            as_of: None,
            csrf: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            is_demo: false,
            test_clock: false,
            acting: None,
        }
    }

    /// A word of the product.
    pub fn t(&self, key: &str) -> String {
        text::text(self.lang, key)
    }

    /// A word of the product with arguments.
    pub fn tf(&self, key: &str, args: Args<'_>) -> String {
        text::text_with(self.lang, key, args)
    }

    /// The moment the page speaks of: the past one, or now.
    pub fn speaks_of(&self) -> DateTime {
        self.as_of.unwrap_or(self.now)
    }

    /// `true` unless the reader looks at the past.
    pub fn can_write(&self) -> bool {
        self.as_of.is_none()
    }

    /// A moment, as short as this page allows.
    pub fn near(&self, at: DateTime) -> String {
        dates::near(self.lang, at, self.speaks_of().date())
    }

    /// Since when, and until when if that is known.
    pub fn period(&self, since: Date, until: Option<Date>) -> String {
        let since = dates::day(self.lang, since);
        match until {
            Some(until) => {
                let until = dates::day(self.lang, until);
                self.tf("from-until", &[("from", since.into()), ("until", until.into())])
            }
            None => self.tf("from-on", &[("from", since.into())]),
        }
    }

    /// An address at the moment that this page speaks of.
    pub fn kept(&self, href: &str) -> String {
        let Some(at) = self.as_of else {
            return href.to_owned();
        };
        let joint = if href.contains('?') { '&' } else { '?' };
        format!("{href}{joint}as_of={}", dates::machine(at))
    }

    /// This page in another language.
    pub fn path_in(&self, lang: Lang) -> String {
        self.path_with("lang", if lang == Lang::Zh { "zh" } else { "en" })
    }

    /// This page with one more query parameter; `value` must need no escaping.
    pub fn path_with(&self, name: &str, value: &str) -> String {
        let joint = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{joint}{name}={value}", self.path)
    }
}
