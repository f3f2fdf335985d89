//! The answers of a declaration so far.

use serde::{Deserialize, Serialize};

/// One stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stay {
    /// Region.
    #[serde(rename = "r")]
    pub region: String,
    /// First day.
    #[serde(rename = "f")]
    pub from: String,
    /// Last day.
    #[serde(rename = "u")]
    pub until: String,
}

/// What was answered. Short names: it all has to fit a cookie.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Answers {
    /// Identifier of the entry to be, so that sending twice is one declaration.
    #[serde(rename = "i", skip_serializing_if = "String::is_empty")]
    pub entry: String,
    #[serde(rename = "n", skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(rename = "k", skip_serializing_if = "String::is_empty")]
    pub document_kind: String,
    #[serde(rename = "d", skip_serializing_if = "String::is_empty")]
    pub document_number: String,
    #[serde(rename = "p", skip_serializing_if = "String::is_empty")]
    pub phone: String,
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub for_other: bool,
    #[serde(rename = "s", skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<Stay>,
    #[serde(rename = "a", skip_serializing_if = "String::is_empty")]
    pub arrives_at: String,
    #[serde(rename = "t", skip_serializing_if = "String::is_empty")]
    pub transport: String,
    #[serde(rename = "v", skip_serializing_if = "String::is_empty")]
    pub vehicle: String,
    #[serde(rename = "y", skip_serializing_if = "String::is_empty")]
    pub itinerary: String,
    #[serde(rename = "r", skip_serializing_if = "String::is_empty")]
    pub region: String,
    #[serde(rename = "h", skip_serializing_if = "String::is_empty")]
    pub address: String,
    #[serde(rename = "uk", skip_serializing_if = "String::is_empty")]
    pub unit_kind: String,
    #[serde(rename = "u", skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The summary was reached once: changing one answer leads back there.
    #[serde(rename = "e", skip_serializing_if = "std::ops::Not::not")]
    pub reached_summary: bool,
}

impl Answers {
    /// Whether one answer is being changed after the summary.
    pub fn is_editing(&self) -> bool {
        self.reached_summary
    }
}
