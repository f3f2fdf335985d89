//! Words that script puts in, carried by the page so that translation lives in one place.

use crate::{Ctx, Markup};
use maud::{PreEscaped, html};

/// What stands in these words is filled in by script: the server gives each variable its own name back.
const VARIABLES: [&str; 3] = ["n", "m", "at"];

/// All of them; script asks for a word by what follows `check-js-`, or `check-`.
const WORDS: &[&str] = &[
    "check-admit",
    "check-hold",
    "check-js-ago-days",
    "check-js-ago-hours",
    "check-js-ago-minutes",
    "check-js-ago-now",
    "check-js-all-sent",
    "check-js-answer-differs",
    "check-js-answer-match",
    "check-js-answer-not_compared",
    "check-js-broken",
    "check-js-camera-any",
    "check-js-camera-n",
    "check-js-celsius-range",
    "check-js-certificate",
    "check-js-clock",
    "check-js-comma",
    "check-js-device-mode",
    "check-js-differs",
    "check-js-enrol-failed",
    "check-js-enrolling",
    "check-js-exported",
    "check-js-fever",
    "check-js-foreign",
    "check-js-full",
    "check-js-handed-over",
    "check-js-is-installed",
    "check-js-judging",
    "check-js-keys-age",
    "check-js-keys-old",
    "check-js-keys-stopped",
    "check-js-match",
    "check-js-missing",
    "check-js-needs-reason",
    "check-js-no-camera",
    "check-js-no-checkpoints",
    "check-js-no-decoder",
    "check-js-no-kit",
    "check-js-no-pass-to-compare",
    "check-js-none",
    "check-js-normal",
    "check-js-not-compared",
    "check-js-not-kept",
    "check-js-not-offline",
    "check-js-not-persisted",
    "check-js-nothing",
    "check-js-object-certificate",
    "check-js-object-differs",
    "check-js-object-fever",
    "check-js-object-foreign",
    "check-js-object-not-compared",
    "check-js-offline",
    "check-js-online",
    "check-js-parts",
    "check-js-persisted",
    "check-js-ready",
    "check-js-reason-for",
    "check-js-recorded",
    "check-js-refused-line",
    "check-js-revoked",
    "check-js-scanning",
    "check-js-sending",
    "check-js-short-offline",
    "check-js-short-unknown",
    "check-js-short-wrong",
    "check-js-signed-out",
    "check-js-staff-mode",
    "check-js-sync-failed",
    "check-js-thermometer-failed",
    "check-js-times",
    "check-js-unreachable",
    "check-js-unsent",
    "check-refuse",
    "check-step-document",
    "check-step-pass",
    "check-step-temperature",
    "check-title",
    "check-way-helper",
    "check-way-paper",
    "check-way-scan",
    "check-way-typed",
];

/// The words as JSON. The reasons of verifying are called `reason-CODE`.
pub(super) fn words(cx: &Ctx, reasons: &[(String, String)]) -> Markup {
    let filled = VARIABLES.map(|name| (name, format!("{{{name}}}")));
    let args = filled.each_ref().map(|(name, value)| (*name, value.as_str().into()));
    let mut all = serde_json::Map::new();
    for key in WORDS {
        let name = key.strip_prefix("check-").unwrap_or(key);
        let name = name.strip_prefix("js-").unwrap_or(name);
        all.insert(name.to_owned(), cx.tf(key, &args).into());
    }
    for (code, words) in reasons {
        all.insert(format!("reason-{code}"), words.as_str().into());
    }
    // A script element ends at the first `<`: none may stand in it.
    let json = serde_json::Value::Object(all).to_string().replace('<', "\\u003c");
    html! { script #check-words type="application/json" { (PreEscaped(json)) } }
}
