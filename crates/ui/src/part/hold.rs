//! What holds for a person now: the order, by whom, until when, how to object.

use crate::{Ctx, dates, gallery::w, paths};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::{Markup, html};

/// One measure in force for one subject.
#[derive(Clone, Debug)]
pub struct Hold {
    /// What is asked: "居家健康监测".
    pub what: String,
    /// The order and who signed it.
    pub order: String,
    /// Rule and clause it rests on.
    pub clause: String,
    /// Since.
    pub since: Date,
    /// Day of the earliest release.
    pub until: Option<Date>,
    /// What must also be met before release, in words.
    pub condition: String,
    /// How to object: to whom, by when.
    pub appeal: String,
    /// The protocol, for its page.
    pub protocol: Option<String>,
}

/// All measures in force, or the sentence that there are none.
pub fn holds(cx: &Ctx, holds: &[Hold]) -> Markup {
    html! {
        @if holds.is_empty() { p { (cx.t("hold-none")) } }
        @for hold in holds {
            div.holds {
                p { strong { @if let Some(id) = &hold.protocol { a href=(paths::protocol(id)) { (hold.what) } } @else { (hold.what) } } }
                p { (period(cx, hold)) }
                @if !hold.condition.is_empty() { p { (cx.tf("hold-condition", &[("condition", hold.condition.as_str().into())])) } }
                p.quiet { (hold.order) " · " (hold.clause) }
                p.quiet { (cx.tf("hold-appeal", &[("appeal", hold.appeal.as_str().into())])) }
            }
        }
    }
}

fn period(cx: &Ctx, hold: &Hold) -> String {
    let since = dates::day(cx.lang, hold.since);
    match hold.until {
        Some(until) => cx.tf(
            "hold-until",
            &[("since", since.into()), ("until", dates::day(cx.lang, until).into())],
        ),
        None => cx.tf("from-on", &[("from", since.into())]),
    }
}

/// A measure for samples.
pub(crate) fn sample(lang: Lang) -> Hold {
    Hold {
        what: w(lang, "居家健康监测", "Health monitoring at home"),
        order: w(
            lang,
            "滨河社区 张立 2026年11月19日签发",
            "Signed by Zhang Li, Binhe community, 19 Nov 2026",
        ),
        clause: w(lang, "市指挥部通告第12号第三条", "Command office notice 12, clause 3"),
        since: date(2026, 11, 19),
        until: Some(date(2026, 11, 26)),
        condition: w(
            lang,
            "两次核酸结果均为阴性、每日两次体温齐全",
            "two negative PCR results and both temperatures of every day",
        ),
        appeal: w(
            lang,
            "向新安街道办事处提出，24小时内答复",
            "to the Xin'an street office, which answers within 24 hours",
        ),
        protocol: Some("m217".into()),
    }
}
