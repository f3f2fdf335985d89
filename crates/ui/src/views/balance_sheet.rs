//! The balance sheet of an account: opening, in, out, closing per item, and the registers behind them.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::table,
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// One item.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What it is called; empty where the account has no items.
    pub item: String,
    /// Its file.
    pub href: Option<String>,
    /// Its unit.
    pub unit: String,
    /// Opening, in, out, closing, written out.
    pub numbers: [String; 4],
    /// The registers with the rows behind it: name and list.
    pub rows: Vec<(String, String)>,
}

/// The page. Gets `from`, `to`, `region`.
#[derive(Clone, Debug, Default)]
pub struct BalanceSheet {
    /// The account.
    pub title: String,
    /// Where its holders are, in words.
    pub place: String,
    /// The region asked about.
    pub region: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Its items.
    pub lines: Vec<Line>,
    /// The address of the page.
    pub action: String,
    /// The file.
    pub csv: String,
    /// The registers whose rows stand behind it, with their lists.
    pub registers: Vec<(String, String)>,
}

/// The whole page.
pub fn render(view: &BalanceSheet, cx: &Ctx) -> Markup {
    let days = [
        ("from", dates::day(cx.lang, view.from).into()),
        ("to", dates::day(cx.lang, view.to).into()),
    ];
    let body = html! {
        div.head {
            h1 { (view.title) }
            p.quiet { (view.place) " · " (cx.tf("balance-days", &days)) " · " (cx.tf("as-of", &[("at", dates::moment(cx.lang, cx.speaks_of()).into())])) }
        }
        form.filters.no-print method="get" action=(view.action) {
            input type="hidden" name="region" value=(view.region);
            div { label for="f-from" { (cx.t("balance-from")) } input id="f-from" type="date" name="from" value=(view.from.to_string()); }
            div { label for="f-to" { (cx.t("balance-to")) } input id="f-to" type="date" name="to" value=(view.to.to_string()); }
            button type="submit" { (cx.t("balance-show")) }
        }
        @if view.lines.is_empty() { (table::empty(&cx.t("balance-none"), &cx.t("balance-none-how"))) }
        @else { (table::scroll(&view.title, &lines(cx, view))) }
        p.no-print {
            a href=(view.csv) download { "CSV" }
            @for (title, href) in &view.registers { " · " a href=(href) { (title) } }
        }
    };
    shell::staff(cx, &Title::new(view.title.clone()), Nav::Situation, &body)
}

fn lines(cx: &Ctx, view: &BalanceSheet) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("balance-item")) }
                @for key in ["balance-opening", "balance-in", "balance-out", "balance-closing"] { th scope="col" { (cx.t(key)) } }
                th scope="col" { (cx.t("balance-unit")) }
                th.no-print scope="col" { (cx.t("balance-rows")) }
            } }
            tbody {
                @for line in &view.lines {
                    tr data-item {
                        th scope="row" {
                            @if line.item.is_empty() { (cx.t("balance-all")) }
                            @else if let Some(href) = &line.href { a href=(href) data-open { (line.item) } }
                            @else { (line.item) }
                        }
                        @for number in &line.numbers { td.number { (number) } }
                        td { (line.unit) }
                        td.no-print { @for (index, (title, href)) in line.rows.iter().enumerate() {
                            @if index > 0 { " · " }
                            a href=(href) { (title) }
                        } }
                    }
                }
            }
        }
    }
}

/// With items, and with nothing in it.
pub fn samples(lang: Lang) -> Vec<(&'static str, BalanceSheet)> {
    let line = |item: &str, unit: &str, numbers: [&str; 4]| Line {
        item: item.to_owned(),
        href: Some(paths::subject("i1")),
        unit: unit.to_owned(),
        numbers: numbers.map(str::to_owned),
        rows: vec![(w(lang, "物资出入库", "Stock moves"), paths::register("stock_move"))],
    };
    let full = BalanceSheet {
        title: w(lang, "库存", "Store"),
        place: w(lang, "珲春市", "Hunchun"),
        region: "222404".into(),
        from: date(2026, 11, 14),
        to: date(2026, 11, 20),
        lines: vec![
            line(
                &w(lang, "医用口罩", "Masks"),
                &w(lang, "只", "pieces"),
                ["12000", "5000", "8000", "9000"],
            ),
            line(
                &w(lang, "防护服", "Suits"),
                &w(lang, "套", "pieces"),
                ["300", "0", "40", "260"],
            ),
        ],
        action: paths::balance_sheet("store"),
        csv: format!("{}.csv", paths::balance_sheet("store")),
        registers: vec![(w(lang, "物资出入库", "Stock moves"), paths::register("stock_move"))],
    };
    let empty = BalanceSheet {
        lines: Vec::new(),
        ..full.clone()
    };
    vec![("items", full), ("empty", empty)]
}
