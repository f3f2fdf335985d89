//! Text in both languages of the product.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A language the product speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 简体中文, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Both languages, Chinese first.
    pub const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// The BCP 47 tag for `lang` attributes and headers.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// Reads a tag such as `zh`, `zh-Hans-CN`, `en-GB`; `None` for other languages.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let head = tag.trim().split(['-', '_', ';']).next()?.to_ascii_lowercase();
        match head.as_str() {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that the product speaks.
    pub fn from_accept(header: &str) -> Option<Lang> {
        header.split(',').find_map(Lang::from_tag)
    }
}

/// One text in Chinese and English. Both are required in packs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// 简体中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Words {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Words {
        Words {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The same text in both languages: a proper name, a code.
    pub fn same(text: impl Into<String>) -> Words {
        let text = text.into();
        Words {
            zh: text.clone(),
            en: text,
        }
    }

    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Replaces `{name}` in both languages.
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Words {
        let (slot, value) = (format!("{{{name}}}"), value.to_string());
        self.zh = self.zh.replace(&slot, &value);
        self.en = self.en.replace(&slot, &value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_speak_is_taken_from_the_header() {
        assert_eq!(Lang::from_accept("fr-FR,fr;q=0.9,en;q=0.8"), Some(Lang::En));
        assert_eq!(Lang::from_accept("zh-Hant;q=1"), Some(Lang::Zh));
        assert_eq!(Lang::from_accept("de"), None);
    }

    #[test]
    fn slots_are_filled_in_both_languages() {
        let words = Words::new("共{n}人", "{n} people").with("n", 3);
        assert_eq!((words.zh.as_str(), words.en.as_str()), ("共3人", "3 people"));
    }
}
