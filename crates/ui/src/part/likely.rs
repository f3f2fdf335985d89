//! "This may be the same person": files that a described person may be, with the reasons in words.

use crate::{Ctx, gallery::w, paths};
use lianfang_kernel::Lang;
use maud::{Markup, html};

/// The name under which the choice is sent.
pub const CHOICE: &str = "same_as";
/// The choice that it is somebody else.
pub const OTHER: &str = "other";

/// One such file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LikelyFile {
    /// Its id.
    pub id: String,
    /// Masked name and number.
    pub label: String,
    /// Where the person stays.
    pub region: String,
    /// Rather somebody of the same household than the same person.
    pub is_household: bool,
    /// Fields that speak for one person, with how they look.
    pub agree: Vec<String>,
    /// Fields that speak against it.
    pub differ: Vec<String>,
}

/// The question in a form: use that file, or it is somebody else. Nothing is chosen beforehand.
pub fn question(cx: &Ctx, files: &[LikelyFile], chosen: &str) -> Markup {
    html! {
        @if !files.is_empty() {
            div.notice #f-same_as role="radiogroup" tabindex="-1" aria-labelledby="likely-title" aria-describedby="likely-help" {
                p { strong #likely-title { (cx.t("likely-title")) } }
                p.help #likely-help { (cx.t("likely-help")) }
                @for file in files {
                    label.choice for={ "same-" (file.id) } {
                        input id={ "same-" (file.id) } type="radio" name=(CHOICE) value=(file.id) checked[chosen == file.id] required;
                        span { (cx.t("likely-use")) " " strong { (file.label) } " " (reasons(cx, file)) }
                    }
                }
                label.choice for="same-other" {
                    input #same-other type="radio" name=(CHOICE) value=(OTHER) checked[chosen == OTHER] required;
                    span { (cx.t("likely-other")) }
                }
            }
        }
    }
}

/// The same as a list of links.
pub fn list(cx: &Ctx, files: &[LikelyFile]) -> Markup {
    html! {
        @if !files.is_empty() {
            section aria-labelledby="likely-title" {
                h2 #likely-title { (cx.t("likely-title")) }
                ul {
                    @for file in files {
                        li data-item { a href=(paths::subject(&file.id)) data-open { (file.label) } " " (reasons(cx, file)) }
                    }
                }
            }
        }
    }
}

pub(crate) fn reasons(cx: &Ctx, file: &LikelyFile) -> Markup {
    html! {
        span.quiet { (file.region) }
        @if file.is_household { br; span { (cx.t("likely-household")) } }
        @if !file.agree.is_empty() { br; span { (cx.t("likely-agree")) (file.agree.join(cx.t("list-comma").as_ref())) } }
        @if !file.differ.is_empty() { br; span.quiet { (cx.t("likely-differ")) (file.differ.join(cx.t("list-comma").as_ref())) } }
    }
}

/// Two files, made up.
pub fn samples(lang: Lang) -> Vec<LikelyFile> {
    vec![
        LikelyFile {
            id: "s1".into(),
            label: w(lang, "王** 2224**********1234", "Wang ** 2224**********1234"),
            region: w(lang, "新安街道滨河社区", "Xin'an street, Binhe"),
            is_household: false,
            agree: vec![
                w(lang, "姓名同音", "name: same sound"),
                w(lang, "电话相同", "telephone: same"),
            ],
            differ: vec![w(lang, "证件号码错一位", "document number: one digit differs")],
        },
        LikelyFile {
            id: "s2".into(),
            label: w(lang, "王*", "Wang *"),
            region: w(lang, "新安街道滨河社区", "Xin'an street, Binhe"),
            is_household: true,
            agree: vec![w(lang, "电话相同", "telephone: same")],
            differ: Vec::new(),
        },
    ]
}
