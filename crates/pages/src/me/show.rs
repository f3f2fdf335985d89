//! Draws a resident's own page. A device that staff have not bound shows only what was typed on it.

use crate::subjects::holds_of;
use crate::visit::{Visit, civil, shown};
use crate::{Answer, field_text, today};
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::read::{Device, DeviceRead, EntryItem, OwnCheck, Reader, Sight, TaskFilter};
use lianfang_ledger::{CHECK_DAYS, LedgerError};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, Resident, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::me::{Certificate, Checked, Me, Own, Read, render};

/// What is said beside what is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// What was just done.
    pub message: Option<String>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

pub(super) async fn show_me(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    RawQuery(query): RawQuery,
) -> Answer {
    // Who is not known here is led to where one becomes known.
    let Ok(resident) = resident else {
        return Ok(Redirect::to(&paths::me("recover")).into_response());
    };
    let is_done = query.as_deref().is_some_and(|query| query.contains("done="));
    let message = is_done.then(|| Words::new("已收到", "Received").get(visit.lang).to_owned());
    draw(
        &state,
        &visit,
        &resident,
        Said {
            message,
            ..Said::default()
        },
    )
    .await
}

/// A declaration is corrected by declaring again: the community sees both.
pub(super) async fn correct_here(Path(_): Path<String>) -> Redirect {
    Redirect::to(paths::DECLARE)
}

pub(super) async fn draw(state: &AppState, visit: &Visit, resident: &Resident, said: Said) -> Answer {
    let (lang, device, as_of) = (visit.lang, resident.device.clone(), visit.as_of);
    let has_channels = state.config.messages.is_some();
    let view = read(state, move |reader| {
        let today = reader.snapshot.zone.day_of(reader.now);
        let pass = reader
            .pass_of_day(device.id, today)?
            .filter(|pass| pass.revoked_at.is_none());
        let typed = reader.typed_on(device.id)?;
        let mut view = Me {
            message: said.message,
            problems: said.problems,
            may_choose_messages: has_channels && device.owner.is_some(),
            pass: pass.map(|pass| pass.id.to_string()),
            own: own(reader, typed, lang),
            checks: checks(reader, &device, lang)?,
            ..Me::default()
        };
        if let Some(owner) = device.owner {
            fill_file(reader, &mut view, owner, as_of, lang)?;
        }
        Ok(view)
    })
    .await?;
    Ok(shown(render(&view, &visit.public(state))))
}

/// Checks of one's own passes: nobody but their holder is shown them.
fn checks(reader: &mut Reader<'_>, device: &Device, lang: Lang) -> Result<Vec<Checked>, LedgerError> {
    let snapshot = reader.snapshot.clone();
    let since = snapshot.zone.day_of(reader.now).plus(-CHECK_DAYS);
    let passes = reader.own_passes(device.id, device.owner, since)?;
    let word = |list: &str, code: Option<&String>| {
        let value = snapshot.model.lists.get(list)?.value(code?)?;
        Some(value.title.get(lang).to_owned())
    };
    let checked = |check: OwnCheck| {
        let decision = word("check_decision", check.decision.as_ref()).unwrap_or_default();
        let reason = word("check_reason", check.reason.as_ref());
        Checked {
            at: civil(&snapshot.zone, check.at),
            place: check.name,
            decision: reason.map_or(decision.clone(), |reason| format!("{decision} · {reason}")),
        }
    };
    Ok(reader.checks_of(&passes, lang)?.into_iter().map(checked).collect())
}

fn own(reader: &Reader<'_>, items: Vec<EntryItem>, lang: Lang) -> Vec<Own> {
    let snapshot = &reader.snapshot;
    items
        .into_iter()
        .filter(|item| item.act == "new" || item.act == "correct")
        .map(|item| {
            let title = field_text::register_title(snapshot, lang, &item.register);
            Own {
                id: item.id.to_string(),
                at: civil(&snapshot.zone, item.at),
                what: format!("{title} {}", field_text::entry_line(snapshot, lang, &item)),
                state: field_text::state(&item),
                can_correct: item.register == "declaration" && item.status == "accepted",
            }
        })
        .collect()
}

fn fill_file(
    reader: &mut Reader<'_>,
    view: &mut Me,
    owner: lianfang_kernel::ids::SubjectId,
    as_of: Option<lianfang_kernel::Instant>,
    lang: Lang,
) -> Result<(), LedgerError> {
    let labels = reader.labels(&[owner], lang)?;
    view.name = labels.get(&owner).map(|label| label.name.clone()).unwrap_or_default();
    let snapshot = reader.snapshot.clone();
    if let Some(file) = reader.file(owner, as_of)? {
        view.holds = holds_of(&snapshot, &file, lang);
        view.objections = file
            .timeline
            .iter()
            .filter(|item| item.register == "objection" && item.act == "new")
            .map(|item| {
                let at = lianfang_ui::dates::moment(lang, civil(&snapshot.zone, item.at));
                let answered = file
                    .timeline
                    .iter()
                    .any(|later| later.register == "objection_reply" && later.at >= item.at);
                let state = if answered {
                    Words::new("已答复", "answered")
                } else {
                    Words::new("办理中", "under way")
                };
                (at, state.get(lang).to_owned())
            })
            .collect();
    }
    let filter = TaskFilter {
        state: Some("due".into()),
        subject: Some(owner),
        limit: 100,
        ..TaskFilter::default()
    };
    let items = reader.tasks(&Sight::All, &filter)?.items;
    let own_tasks = items.iter().filter(|item| {
        let register = snapshot.model.registers.get(&item.expects);
        item.owner_self && register.is_some_and(|register| register.residents)
    });
    view.tasks = own_tasks
        .map(|item| today::line(&snapshot, item, view.name.clone(), false, true, reader.now, lang))
        .collect();
    view.certificates = reader
        .certificates_of(owner)?
        .into_iter()
        .filter(|found| found.revoked_at.is_none())
        .map(|found| {
            let protocol = found.protocol.as_deref().unwrap_or_default();
            let title = snapshot
                .model
                .editions(protocol)
                .last()
                .map_or(protocol, |edition| edition.title.get(lang));
            Certificate {
                title: format!("{title} {}", found.day),
                href: paths::pass(&found.id.to_string()),
            }
        })
        .collect();
    view.reads = reader
        .reads_of(owner)?
        .into_iter()
        .map(|read| Read {
            at: civil(&snapshot.zone, read.at),
            by: field_text::by(&snapshot, lang, read.org),
            purpose: read.reason.clone().unwrap_or_else(|| looked(&snapshot, &read, lang)),
        })
        .collect();
    Ok(())
}

/// What somebody did who stated no reason: opened the file, or met it in a list.
fn looked(snapshot: &Snapshot, read: &DeviceRead, lang: Lang) -> String {
    let Some(list) = &read.list else {
        return Words::new("查看档案", "opened the file").get(lang).to_owned();
    };
    let (prefix, name) = match list.strip_prefix("export ") {
        Some(register) => (Words::new("导出名单", "exported the list"), register),
        None => (Words::new("在名单中看到", "saw it in the list"), list.as_str()),
    };
    let title = match name {
        "today" | "tasks" => Words::new("今日任务", "today's tasks").get(lang).to_owned(),
        "unreached" => Words::new("未联系上的人", "people not reached").get(lang).to_owned(),
        "proposals" => Words::new("待签发的决定", "orders to sign").get(lang).to_owned(),
        "expected-arrivals" => Words::new("预计到达", "expected arrivals").get(lang).to_owned(),
        name => {
            let protocol = name.split('/').next().unwrap_or(name);
            let edition = snapshot.model.editions(protocol).last();
            edition.map_or_else(
                || field_text::register_title(snapshot, lang, name),
                |edition| edition.title.get(lang).to_owned(),
            )
        }
    };
    match lang {
        Lang::Zh => format!("{}“{title}”", prefix.zh),
        Lang::En => format!("{} “{title}”", prefix.en),
    }
}
