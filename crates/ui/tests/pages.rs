//! Every page, every sample, both languages: complete words, well-formed, nothing inline, every input labelled,
//! every form guarded, sizes within budget.

#[path = "support/markup.rs"]
mod markup;

use lianfang_kernel::Lang;
use lianfang_ui::{
    Ctx,
    gallery::{self, Frame, Page},
    text,
    views::{register_form, today},
};
use markup::Tag;
use std::collections::{BTreeSet, HashSet};

/// The build of the styles and scripts counts on this: together with them a public page stays under 50 kB.
/// HTML of this kind shrinks to less than a third; the bound holds without compressing here.
const PUBLIC_BYTES: usize = 36_000;
const STAFF_BYTES: usize = 120_000;

fn each(check: impl Fn(&Page, &[Tag]) -> Result<(), String>) {
    let mut faults = Vec::new();
    for lang in Lang::ALL {
        for page in gallery::pages(lang) {
            let outcome = markup::read(&page.html).and_then(|tags| check(&page, &tags));
            if let Err(fault) = outcome {
                faults.push(format!("{} {:?} {}: {fault}", page.name, page.frame, lang.tag()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn demand(holds: bool, fault: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault.into()) }
}

#[test]
fn every_page_is_well_formed_and_complete() {
    each(|page, tags| {
        demand(!page.html.contains(text::MISSING), "a word is missing")?;
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        demand(count("h1") == 1, format!("{} h1", count("h1")))?;
        demand(count("main") == 1, "not one main")?;
        demand(count("title") >= 1, "no title")?;
        let html = tags.iter().find(|tag| tag.name == "html").ok_or("no html")?;
        demand(html.get("lang").is_some(), "no lang")?;
        let mut ids = HashSet::new();
        for id in tags.iter().filter_map(|tag| tag.get("id")) {
            demand(ids.insert(id), format!("id {id} twice"))?;
        }
        for name in ["for", "aria-labelledby", "aria-describedby", "list"] {
            for id in tags
                .iter()
                .filter_map(|tag| tag.get(name))
                .flat_map(str::split_whitespace)
            {
                demand(ids.contains(id), format!("{name} points to {id}, which is not there"))?;
            }
        }
        for href in tags
            .iter()
            .filter_map(|tag| tag.get("href"))
            .filter_map(|href| href.strip_prefix('#'))
        {
            demand(
                href.is_empty() || ids.contains(href),
                format!("a link to #{href}, which is not there"),
            )?;
        }
        Ok(())
    });
}

#[test]
fn no_page_has_inline_scripts_styles_or_foreign_addresses() {
    each(|_, tags| {
        for tag in tags {
            let inline = tag
                .attributes
                .keys()
                .find(|key| *key == "style" || key.starts_with("on") || key.starts_with("hx-on"));
            demand(inline.is_none(), format!("<{}> has {inline:?}", tag.name))?;
            demand(tag.name != "style", "a style element")?;
            let is_data = tag.get("type") == Some("application/json");
            demand(
                tag.name != "script" || is_data || tag.get("src").is_some(),
                "a script without src",
            )?;
            for key in ["src", "href", "action"] {
                let address = tag.get(key).unwrap_or_default();
                demand(
                    !address.contains("//") && !address.starts_with("javascript"),
                    format!("{key} goes to {address}"),
                )?;
            }
        }
        Ok(())
    });
}

#[test]
fn every_input_has_a_label_and_every_post_a_token() {
    each(|page, tags| {
        let labelled: HashSet<&str> = tags
            .iter()
            .filter(|tag| tag.name == "label")
            .filter_map(|tag| tag.get("for"))
            .collect();
        for tag in tags
            .iter()
            .filter(|tag| ["input", "select", "textarea"].contains(&tag.name.as_str()))
        {
            if tag.get("type") == Some("hidden") {
                continue;
            }
            let has = tag.get("aria-label").is_some() || tag.get("id").is_some_and(|id| labelled.contains(id));
            demand(has, format!("{:?} has no label", tag.get("name")))?;
            demand(tag.get("name").is_some(), "an input without a name")?;
        }
        let posts = tags
            .iter()
            .filter(|tag| tag.name == "form" && tag.get("method") == Some("post"))
            .count();
        let tokens = tags.iter().filter(|tag| tag.get("name") == Some("csrf")).count();
        demand(posts == tokens, format!("{posts} posts, {tokens} tokens"))?;
        demand(
            page.frame == Frame::Wall || page.html.contains("class=\"skip\""),
            "no skip link",
        )
    });
}

#[test]
fn every_page_is_small_enough() {
    each(|page, _| {
        let most = if page.frame == Frame::Public {
            PUBLIC_BYTES
        } else {
            STAFF_BYTES
        };
        demand(page.html.len() <= most, format!("{} bytes of {most}", page.html.len()))
    });
}

#[test]
fn the_past_can_be_read_and_not_written() {
    for lang in Lang::ALL {
        for (name, view) in today::samples(lang) {
            let cx = sample_past(lang);
            let html = today::render(&view, &cx).into_string();
            assert!(html.contains("banner-paper"), "{name} does not say that it is the past");
            assert!(
                !html.contains("/today/tasks/") && !html.contains("/withdraw"),
                "{name} offers to write into the past"
            );
        }
        for (name, view) in register_form::samples(lang) {
            let html = register_form::render(&view, &sample_past(lang)).into_string();
            assert!(!html.contains("value=\"send\""), "{name} offers to write into the past");
        }
    }
}

fn sample_past(lang: Lang) -> Ctx {
    let cx = gallery::sample_ctx(lang, Frame::Staff);
    Ctx {
        as_of: Some(cx.now),
        ..cx
    }
}

#[test]
fn what_a_reader_typed_comes_back_as_text() {
    let view = lianfang_ui::views::sign_in::SignIn {
        login: "\"><script>alert(1)</script>".into(),
        ..Default::default()
    };
    let html = lianfang_ui::views::sign_in::render(&view, &gallery::sample_ctx(Lang::Zh, Frame::Public)).into_string();
    assert!(!html.contains("<script>alert"));
    assert!(markup::read(&html).is_ok());
}

const ZH: &str = concat!(
    include_str!("../locales/zh-CN/ui.ftl"),
    include_str!("../locales/zh-CN/checkpoints.ftl"),
    include_str!("../locales/zh-CN/day.ftl"),
    include_str!("../locales/zh-CN/verify.ftl"),
    include_str!("../locales/zh-CN/import.ftl"),
    include_str!("../locales/zh-CN/linkage.ftl"),
    include_str!("../locales/zh-CN/science.ftl"),
    include_str!("../locales/zh-CN/check.ftl")
);

fn keys(file: &str) -> BTreeSet<&str> {
    file.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split(" =").next())
        .collect()
}

#[test]
fn both_languages_have_the_same_words() {
    let zh = ZH;
    let en = concat!(
        include_str!("../locales/en/ui.ftl"),
        include_str!("../locales/en/checkpoints.ftl"),
        include_str!("../locales/en/day.ftl"),
        include_str!("../locales/en/verify.ftl"),
        include_str!("../locales/en/import.ftl"),
        include_str!("../locales/en/linkage.ftl"),
        include_str!("../locales/en/science.ftl"),
        include_str!("../locales/en/check.ftl")
    );
    let (zh_keys, en_keys) = (keys(zh), keys(en));
    let difference: Vec<_> = zh_keys.symmetric_difference(&en_keys).collect();
    assert!(difference.is_empty(), "only in one language: {difference:?}");
    let entries = zh
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .count();
    assert_eq!(entries, zh_keys.len(), "a key stands twice");
}

#[test]
fn no_word_of_the_pages_is_unused() {
    let mut sources = String::new();
    // Handlers put words into views as well.
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../pages/src");
    let mut folders: Vec<std::path::PathBuf> = vec![own.into(), pages.into()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                sources.push_str(&std::fs::read_to_string(path).unwrap())
            }
        }
    }
    // Keys that are put together from a fixed part and a code.
    let families = ["error-", "unit-", "unit-kind-", "symptom-", "admin-", "level-", "home-"];
    let unused: Vec<_> = keys(ZH)
        .into_iter()
        .filter(|key| !families.iter().any(|family| key.starts_with(family)))
        .filter(|key| !sources.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}
