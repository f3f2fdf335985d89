//! The form of any register, drawn from its schema: new entries, corrections, withdrawals, ends.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
        likely::{self, LikelyFile},
        mark,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// What the form does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Act {
    /// A new entry.
    #[default]
    New,
    /// Replaces an entry; asks for a reason.
    Correct,
    /// Closes an interval.
    End,
}

/// The form. Sends `entry` (the identifier made when the form was first shown, so that sending twice is one entry),
/// `subject`, `replaces`, the fields by their names, `confirmed` and `reason`.
#[derive(Clone, Debug, Default)]
pub struct FormView {
    /// Register.
    pub register: String,
    /// Its title.
    pub title: String,
    /// Its help.
    pub help: String,
    /// The notice and clause it serves.
    pub clause: String,
    /// What the form does.
    pub act: Act,
    /// Address it posts to; the register's own when empty.
    pub action: String,
    /// Identifier of the entry to be.
    pub entry: String,
    /// The entry replaced or ended.
    pub replaces: Option<String>,
    /// Whom or what it is about: identifier and label. Without one, the fields ask.
    pub subject: Option<(String, String)>,
    /// The fields in reading order.
    pub fields: Vec<FieldView>,
    /// Problems that concern no single field.
    pub problems: Vec<Problem>,
    /// Warnings of guards that must be confirmed (`confirmed`).
    pub warnings: Vec<String>,
    /// Files that the person described may be, to be decided before anything is written.
    pub likely: Vec<LikelyFile>,
    /// What was chosen among them.
    pub same_as: String,
    /// Reason typed so far, where one is asked.
    pub reason: String,
}

/// The whole page.
pub fn render(view: &FormView, cx: &Ctx) -> Markup {
    let mut problems = view.problems.clone();
    problems.extend(field::problems(&view.fields));
    let action = if view.action.is_empty() {
        paths::register_new(&view.register)
    } else {
        view.action.clone()
    };
    let heading = match view.act {
        Act::New => view.title.clone(),
        Act::Correct => cx.tf("form-correct", &[("title", view.title.as_str().into())]),
        Act::End => cx.tf("form-end", &[("title", view.title.as_str().into())]),
    };
    let body = html! {
        article.narrow {
            (form::summary(cx, &problems))
            div.head { h1 { (heading) } }
            @if !view.help.is_empty() { p { (view.help) } }
            @if !view.clause.is_empty() { p.quiet { (view.clause) } }
            @if let Some((_, label)) = &view.subject { p { span.quiet { (cx.t("subject")) } " " strong { (label) } } }
            @if cx.can_write() {
                @if field::sends_files(&view.fields) { (form::upload(cx, &action, Some(&action), &inputs(cx, view))) }
                @else { (form::post(cx, &action, Some(&action), &inputs(cx, view))) }
            }
            @else { p.notice { (cx.t("banner-as-of-more")) } }
        }
    };
    shell::either(
        cx,
        &Title::new(heading).error(!problems.is_empty()),
        Nav::Registers,
        &body,
    )
}

fn inputs(cx: &Ctx, view: &FormView) -> Markup {
    let send = match view.act {
        Act::New => cx.t("send"),
        Act::Correct => cx.t("form-send-correction"),
        Act::End => cx.t("form-send-end"),
    };
    let back = if cx.acting.is_some() {
        paths::register(&view.register)
    } else {
        paths::ME.to_owned()
    };
    let mut reason = FieldView::new("reason", Kind::Note, cx.t("reason"))
        .help(cx.t("reason-help"))
        .value(view.reason.clone());
    reason.error = form::message(&view.problems, "reason").map(str::to_owned);
    html! {
        (form::default_button("act", "send"))
        input type="hidden" name="entry" value=(view.entry);
        @if let Some(replaces) = &view.replaces { input type="hidden" name="replaces" value=(replaces); }
        @if let Some((id, _)) = &view.subject { input type="hidden" name="subject" value=(id); }
        // First, because it decides whether the rest is about somebody new.
        (likely::question(cx, &view.likely, &view.same_as))
        @for view in &view.fields { (field::field(cx, view)) }
        @if view.act == Act::Correct { (field::field(cx, &reason)) }
        @if !view.warnings.is_empty() {
            div.notice {
                @for warning in &view.warnings { p { (warning) } }
                label.choice for="f-confirmed" {
                    input #f-confirmed type="checkbox" name="confirmed" value="true";
                    span { (cx.t("form-confirmed")) }
                }
            }
        }
        div.act {
            button.primary type="submit" name="act" value="send" { (send) }
            a href=(back) { (cx.t("not-now")) }
            span.quiet { (mark::tag(&cx.t("form-draft"))) }
        }
    }
}

/// Every kind of field, every kind of field with something to mend, and a correction.
pub fn samples(lang: Lang) -> Vec<(&'static str, FormView)> {
    let all = FormView {
        register: "example".into(),
        title: w(lang, "现场检查", "Inspection"),
        help: w(
            lang,
            "检查当场填写；不合格项会自动生成整改任务。",
            "Fill it in on the spot; each failed item opens a task to put it right.",
        ),
        clause: w(lang, "市指挥部通告第12号第六条", "Command office notice 12, clause 6"),
        entry: "01".into(),
        subject: Some(("s1".into(), w(lang, "珲春宾馆", "Hunchun Hotel"))),
        fields: sample_fields(lang),
        ..FormView::default()
    };
    let mut wrong = all.clone();
    for field in &mut wrong.fields {
        field.error = Some(w(
            lang,
            "请检查此项，例如 2026-11-21",
            "Check this, for example 2026-11-21",
        ));
    }
    wrong.problems = vec![Problem::at(
        "",
        w(
            lang,
            "检查时间晚于现在，请核对设备时钟",
            "The time is in the future; compare the clock of the device",
        ),
    )];
    wrong.warnings = vec![w(
        lang,
        "该场所今天已有一次检查。",
        "This place was inspected once today already.",
    )];
    let likely = FormView {
        likely: likely::samples(lang),
        fields: all.fields.iter().take(2).cloned().collect(),
        subject: None,
        ..all.clone()
    };
    let correct = FormView {
        act: Act::Correct,
        replaces: Some("e1".into()),
        fields: all.fields.iter().take(3).cloned().collect(),
        ..all.clone()
    };
    vec![
        ("all-kinds", all),
        ("wrong", wrong),
        ("correct", correct),
        ("likely", likely),
    ]
}

fn sample_fields(lang: Lang) -> Vec<FieldView> {
    let l = |zh: &str, en: &str| w(lang, zh, en);
    let results = vec![
        Choice::new("pass", l("合格", "Pass")),
        Choice::new("fail", l("不合格", "Fail")),
    ];
    let item = |i: usize| {
        vec![
            FieldView::new(format!("items.{i}.what"), Kind::Text, l("检查项目", "Item"))
                .value(l("测温登记", "Temperature log")),
            FieldView::new(format!("items.{i}.result"), Kind::Code, l("结果", "Result"))
                .options(results.clone())
                .value("pass"),
            FieldView::new(format!("items.{i}.due"), Kind::Date, l("整改期限", "Put right by")).optional(),
        ]
    };
    let many = (1..=9)
        .map(|n| Choice::new(format!("k{n}"), l(&format!("第{n}类场所"), &format!("Kind {n}"))))
        .collect();
    let region = FieldView {
        steps: vec![Choice::new("222404", l("珲春市", "Hunchun"))],
        ..FieldView::new("region", Kind::Region, l("所在地", "Where"))
            .options(vec![Choice::new("222404001", l("新安街道", "Xin'an street"))])
    };
    let units = vec![
        Choice::new("box", l("箱", "box")),
        Choice::new("piece", l("只", "piece")),
    ];
    vec![
        FieldView::new("at", Kind::Instant, l("检查时间", "Time of inspection")).value("2026-11-21T08:20"),
        FieldView::new("celsius", Kind::Decimal, l("体温", "Temperature"))
            .unit("℃")
            .help(l("保留一位小数", "one decimal")),
        FieldView::new("kind", Kind::Code, l("场所类别", "Kind of place")).options(many),
        FieldView::new("open", Kind::Bool, l("正在营业", "Open for business")),
        FieldView::new("people", Kind::Int, l("在场人数", "People present")).unit(l("人", "ppl")),
        FieldView::new("masks", Kind::Quantity, l("口罩库存", "Masks in stock")).options(units),
        FieldView::new("on", Kind::Date, l("上次消毒", "Last disinfected")),
        FieldView::new("took", Kind::Duration, l("用时", "Took")),
        region,
        FieldView::new("org", Kind::Org, l("主管单位", "Responsible body"))
            .options(vec![Choice::new(l("市商务局", "Commerce bureau"), "")]),
        FieldView::new("place", Kind::Place, l("具体位置", "Exact place")).optional(),
        FieldView::new("person", Kind::Person, l("负责人", "Person in charge"))
            .help(l("姓名、拼音或证件后四位", "Name, pinyin or last four digits")),
        FieldView::new("name", Kind::Name, l("姓名", "Name")),
        FieldView::new("cn_id", Kind::CnId, l("身份证号", "Identity number")),
        FieldView::new("doc", Kind::IdDoc, l("其他证件", "Other document"))
            .optional()
            .options(crate::views::declare::who::sample_kinds(lang)),
        FieldView::new("phone", Kind::Phone, l("电话", "Phone")),
        FieldView::new("plate", Kind::Plate, l("车牌", "Plate")).optional(),
        FieldView::new("address", Kind::Address, l("地址", "Address")),
        FieldView {
            rows: vec![item(0), item(1)],
            most_rows: Some(30),
            ..FieldView::new("items", Kind::Rows, l("检查项目", "Items"))
        },
        FieldView::new("photo", Kind::Attachment, l("照片", "Photograph"))
            .optional()
            .help(l(
                "最大10 MB，拍摄位置等信息会自动清除",
                "At most 10 MB; place and time inside the picture are removed",
            )),
        FieldView::new("note", Kind::Note, l("说明", "Remarks")).optional(),
    ]
}
