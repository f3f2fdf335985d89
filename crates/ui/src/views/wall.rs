//! The wall of the command room: six figures, the curve, who is late. Read from five metres; renews itself.

use crate::{
    Ctx, Markup,
    charts::{self, Chart},
    gallery::w,
    part::value::{self, Figure},
    shell::{self, Title},
    views::situation::{self, Late},
};
use lianfang_kernel::Lang;
use maud::html;

/// At most this many figures and late duties are shown: the wall does not scroll.
const FIGURES: usize = 6;
const LATE: usize = 8;

/// The wall.
#[derive(Clone, Debug, Default)]
pub struct Wall {
    /// Six figures.
    pub figures: Vec<Figure>,
    /// The curve.
    pub curve: Option<Chart>,
    /// Who is late, the oldest first.
    pub late: Vec<Late>,
    /// What changed since yesterday, in sentences.
    pub changes: Vec<String>,
}

/// The whole page.
pub fn render(view: &Wall, cx: &Ctx) -> Markup {
    let figures = view.figures.get(..FIGURES.min(view.figures.len())).unwrap_or_default();
    let late = view.late.get(..LATE.min(view.late.len())).unwrap_or_default();
    let body = html! {
        (value::cards(cx, figures))
        div.board {
            @if let Some(curve) = &view.curve { (charts::figure(cx, curve, &html! {})) }
            @if !view.changes.is_empty() { h2 { (cx.t("wall-changes")) } ul { @for change in view.changes.iter().take(3) { li { (change) } } } }
        }
        (situation::late(cx, late))
    };
    shell::wall(cx, &Title::new(cx.t("nav-situation")), &body)
}

/// A working day, and nothing known.
pub fn samples(lang: Lang) -> Vec<(&'static str, Wall)> {
    let full = situation::samples(lang)
        .into_iter()
        .next()
        .map(|(_, view)| view)
        .unwrap_or_default();
    let busy = Wall {
        figures: full.figures,
        curve: full.curves.into_iter().next().map(|curve| curve.chart),
        late: situation::sample_late(lang),
        changes: vec![
            w(
                lang,
                "敬信镇11月20日24时起调整为低风险地区",
                "Jingxin town is a low-risk area since 20 Nov, 24:00",
            ),
            w(
                lang,
                "居家隔离较昨日多35人",
                "35 more people isolating at home than yesterday",
            ),
        ],
    };
    vec![("busy", busy), ("empty", Wall::default())]
}
