//! How one wants to be told of what waits: by which channel, at which hour, in which language, or not at all. One page for
//! residents and staff; the frame is the reader's.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// The page. Posts `channel`, `hour`, `lang` and `address` to its own address.
#[derive(Clone, Debug, Default)]
pub struct Choose {
    /// Channels there are, and `none`.
    pub channels: Vec<Choice>,
    /// The one chosen.
    pub channel: String,
    /// Hours that may be chosen.
    pub hours: Vec<i64>,
    /// The one chosen.
    pub hour: String,
    /// Tag of the language chosen.
    pub lang: String,
    /// Where, as typed.
    pub address: String,
    /// The telephone on file, masked.
    pub phone: Option<String>,
    /// Hours in which nothing is sent, from and until; none when there are no such hours.
    pub quiet: Option<(i64, i64)>,
    /// Urgent messages a day at most; staff only.
    pub urgent_daily: Option<i64>,
    /// What was just done.
    pub message: Option<String>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Choose, cx: &Ctx) -> Markup {
    let is_staff = cx.acting.is_some();
    let title = Title::new(cx.t("messages-choose")).error(!view.problems.is_empty());
    let body = html! {
        @if !is_staff { (shell::back_link(cx, paths::ME)) }
        (form::summary(cx, &view.problems))
        @if let Some(message) = &view.message { p.undo role="status" { (message) } }
        h1 { (cx.t("messages-choose")) }
        @if view.channels.len() < 2 {
            (table::empty(&cx.t("messages-no-channel"), &cx.t("messages-no-channel-how")))
        } @else {
            p { (cx.t(if is_staff { "messages-choose-staff" } else { "messages-choose-own" })) }
            @if let Some(n) = view.urgent_daily.filter(|_| is_staff) { p { (cx.tf("messages-urgent-bound", &[("n", n.into())])) } }
            @if let Some((from, to)) = view.quiet {
                p.quiet { (cx.tf("messages-quiet", &[("from", clock(from).into()), ("to", clock(to).into())])) }
            }
            @if cx.can_write() { (questions(cx, view)) }
        }
    };
    if is_staff {
        shell::staff(cx, &title, Nav::Today, &html! { article.narrow { (body) } })
    } else {
        shell::public(cx, &title, &body)
    }
}

fn clock(hour: i64) -> String {
    format!("{hour:02}:00")
}

fn questions(cx: &Ctx, view: &Choose) -> Markup {
    let hours = view
        .hours
        .iter()
        .map(|hour| Choice::new(hour.to_string(), clock(*hour)))
        .collect();
    let langs = vec![Choice::new("zh-CN", "简体中文"), Choice::new("en", "English")];
    let help = match &view.phone {
        Some(phone) => cx.tf("messages-address-phone", &[("phone", phone.as_str().into())]),
        None => cx.t("messages-address-help"),
    };
    let fields = vec![
        FieldView::new("channel", Kind::Code, cx.t("messages-channel"))
            .options(view.channels.clone())
            .value(view.channel.clone()),
        FieldView::new("hour", Kind::Code, cx.t("messages-hour"))
            .options(hours)
            .value(view.hour.clone()),
        FieldView::new("lang", Kind::Code, cx.t("messages-lang"))
            .options(langs)
            .value(view.lang.clone()),
        // Any kind of address: a keyboard of digits would be in the way. The form keeps no draft of it.
        FieldView::new("address", Kind::Text, cx.t("messages-address"))
            .optional()
            .help(help)
            .value(view.address.clone()),
    ];
    let fields = form::with_problems(fields, &view.problems);
    let action = if cx.acting.is_some() {
        paths::ACCOUNT_MESSAGES.to_owned()
    } else {
        paths::me("messages")
    };
    form::post(
        cx,
        &action,
        None,
        &html! {
            @for view in &fields { (field::field(cx, view)) }
            (form::primary(&cx.t("messages-keep")))
        },
    )
}

/// By text message, with an address to mend, and a city without channels.
pub fn samples(lang: Lang) -> Vec<(&'static str, Choose)> {
    let some = Choose {
        channels: vec![
            Choice::new("sms", w(lang, "短信", "Text message")),
            Choice::new("mail", w(lang, "电子邮件", "E-mail")),
            Choice::new("none", w(lang, "不提醒", "No messages")),
        ],
        channel: "sms".into(),
        hours: (8..21).collect(),
        hour: "9".into(),
        lang: lang.tag().into(),
        phone: Some("138****8000".into()),
        quiet: Some((21, 8)),
        urgent_daily: Some(2),
        ..Choose::default()
    };
    let wrong = Choose {
        channel: "mail".into(),
        address: "li.example".into(),
        problems: vec![Problem::at(
            "address",
            w(
                lang,
                "这不是电子邮件地址。例如 li@example.cn",
                "This is no e-mail address. For example li@example.cn",
            ),
        )],
        ..some.clone()
    };
    vec![
        ("some", some),
        ("wrong", wrong),
        (
            "empty",
            Choose {
                channels: vec![Choice::new("none", w(lang, "不提醒", "No messages"))],
                ..Choose::default()
            },
        ),
    ]
}
