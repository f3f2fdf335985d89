//! `/entries/{id}`: one entry, what became of it, and taking it back.

use crate::Answer;
use crate::field_text;
use crate::form::Form;
use crate::labels;
use crate::thing_names::{Names, names};
use crate::visit::{Visit, civil, shown};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use lianfang_kernel::{Act, Lang, Nature, Shape, Words};
use lianfang_ledger::read::EntryItem;
use lianfang_ledger::wire::{EntryAnswer, NewEntry, Status as Became, SubjectIn};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_server::{
    ApiError, AppState, Caller, Changes, LineChange, MediaType, Staff, append_one, changes, entry, open_entry, opens,
    read, trace,
};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::confirm::{Confirm, render as render_confirm};
use lianfang_ui::views::entry_result::{
    Attached, EntryResult, Reason, Sealed, Signs, Status, TextChange, TextLine, render,
};
use lianfang_ui::{dates, paths};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/entries/{id}", get(show_entry))
        .route("/entries/{id}/unmask", post(unmask))
        .route("/entries/{id}/withdraw", get(ask_withdraw).post(withdraw))
}

fn staff_of(visit: &Visit) -> Result<&Staff, ApiError> {
    match &visit.caller {
        Caller::Staff(staff) => Ok(staff),
        Caller::Resident(_) => Err(ApiError::no_right(Words::new("仅限工作人员", "For staff only"))),
        Caller::Public => Err(ApiError::sign_in_needed()),
    }
}

async fn show_entry(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let item = entry(&state, staff_of(&visit)?, &id).await?;
    let was_sent = query.is_some_and(|query| query.contains("sent="));
    let view = seen(&state, &visit, &item, was_sent).await?;
    Ok(shown(render(&view, &visit.ctx(&state))))
}

async fn seen(state: &AppState, visit: &Visit, item: &EntryItem, was_sent: bool) -> Result<EntryResult, ApiError> {
    let staff = staff_of(visit)?;
    let (subject, lang) = (item.subject, visit.lang);
    let labels = read(state, move |reader| reader.labels(&[subject], lang)).await?;
    trace::list(state, staff, &item.register, &[subject])?;
    let label = labels.get(&subject).map(|label| label.name.clone()).unwrap_or_default();
    let snapshot = state.ledger.snapshot();
    let register = snapshot.model.registers.get(&item.register);
    let fields = register.map_or(&[][..], |register| register.schema.fields.as_slice());
    let names = names(state, lang, fields, std::slice::from_ref(item)).await?;
    Ok(EntryResult {
        attached: attached(state, &snapshot, item, lang).await?,
        changes: changed(&changes(state, staff, item).await?, lang),
        sealed: Sealed {
            can_open: item.has_sealed && opens(&snapshot.model, staff, item),
            ..Sealed::default()
        },
        ..view(&snapshot, item, (label, &names), was_sent, staff, lang)
    })
}

/// The files that the entry cites, as far as its reader sees the fields.
async fn attached(
    state: &AppState,
    snapshot: &Snapshot,
    item: &EntryItem,
    lang: Lang,
) -> Result<Vec<Attached>, ApiError> {
    let register = snapshot.model.registers.get(&item.register);
    let fields = register.map_or(&[][..], |register| register.schema.fields.as_slice());
    let cited = field_text::attached(lang, fields, &item.body);
    if cited.is_empty() {
        return Ok(Vec::new());
    }
    read(state, move |reader| {
        let mut files = Vec::new();
        for (title, id) in cited {
            let kept = reader.attachment(id)?;
            let kind = kept.as_ref().and_then(|kept| MediaType::parse(&kept.media_type));
            files.push(Attached {
                title,
                id: kept.as_ref().map(|kept| kept.id.to_string()),
                is_picture: kind.is_some_and(MediaType::is_picture),
                bytes: kept.map_or(0, |kept| kept.bytes.unsigned_abs()),
            });
        }
        Ok(files)
    })
    .await
}

/// Opens the sealed fields for a stated reason, for this one answer.
async fn unmask(State(state): State<AppState>, visit: Visit, Path(id): Path<String>, form: Form) -> Answer {
    visit.must_be_now()?;
    let visit = visit.at_path(&paths::entry(&id));
    let staff = staff_of(&visit)?;
    let item = entry(&state, staff, &id).await?;
    let mut view = seen(&state, &visit, &item, false).await?;
    let lang = visit.lang;
    let (snapshot, now) = (state.ledger.snapshot(), state.ledger.now());
    let status = match open_entry(&state, staff, &item, form.get("reason")).await {
        Ok(opened) => {
            let register = snapshot.model.registers.get(&item.register);
            let fields = register.map(|register| register.schema.fields.as_slice());
            view.sealed.opened = field_text::pairs(&snapshot, lang, fields.unwrap_or_default(), &opened);
            view.sealed.until = Some(civil(&snapshot.zone, now));
            StatusCode::OK
        }
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let words = error.problem.told(lang);
            view.sealed.problems = vec![Problem::at("reason", words)];
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(error) => return Err(error),
    };
    Ok((status, shown(render(&view, &visit.ctx(&state)))).into_response())
}

/// Who signs it on paper: goods are given and taken, an act is answered for.
fn signs(register: &Register, is_standing: bool) -> Vec<Signs> {
    match (is_standing, register.schema.shape, register.schema.nature) {
        (true, Shape::Posting, _) => vec![Signs::Giver, Signs::Taker],
        (true, _, Nature::Act) => vec![Signs::Signer],
        _ => Vec::new(),
    }
}

fn view(
    snapshot: &Snapshot,
    item: &EntryItem,
    (label, names): (String, &Names),
    was_sent: bool,
    staff: &Staff,
    lang: Lang,
) -> EntryResult {
    let register = snapshot.model.registers.get(&item.register);
    let fields = register
        .map(|register| register.schema.fields.as_slice())
        .unwrap_or_default();
    let status = match (was_sent, item.status.as_str()) {
        (true, "flagged") => Status::Flagged,
        (true, "accepted") => Status::Accepted,
        _ => Status::Shown,
    };
    let is_standing = item.status == "accepted" || item.status == "flagged";
    let reasons = item.flags.iter().map(|flag| {
        let guard = snapshot.model.guards.get(&flag.code);
        Reason {
            message: flag.what.get(lang).to_owned(),
            clause: guard.and_then(|guard| guard.clause.clone()).unwrap_or_default(),
            hint: guard
                .and_then(|guard| guard.hint.as_ref())
                .map(|hint| hint.get(lang).to_owned())
                .unwrap_or_default(),
            ask: String::new(),
            code: flag.code.clone(),
        }
    });
    let before = item.replaces.map(|id| {
        (
            Words::new("之前的记录", "the entry before").get(lang).to_owned(),
            id.to_string(),
        )
    });
    EntryResult {
        signs: register.map_or_else(Vec::new, |register| signs(register, is_standing)),
        status,
        id: item.id.to_string(),
        register: (
            item.register.clone(),
            field_text::register_title(snapshot, lang, &item.register),
        ),
        subject: Some((label, item.subject.to_string())),
        at: civil(&snapshot.zone, item.at),
        recorded_at: Some(civil(&snapshot.zone, item.recorded_at)),
        by: field_text::by(snapshot, lang, item.org),
        state: field_text::state(item),
        assurance: field_text::assurance(item.assurance),
        fields: field_text::told(snapshot, lang, fields, (item, names)),
        sealed: Sealed::default(),
        reasons: reasons.collect(),
        attached: Vec::new(),
        tasks: Vec::new(),
        history: before.into_iter().collect(),
        changes: Vec::new(),
        beside: labels::of_round(item, staff, lang).into_iter().collect(),
        can_change: is_standing && staff.writes(&item.register),
        draft: was_sent.then(|| paths::register_new(&item.register)),
    }
}

/// Texts that differ from the version before, line by line.
fn changed(changes: &Changes, lang: Lang) -> Vec<TextChange> {
    let texts = changes.fields.iter().filter(|field| !field.lines.is_empty());
    texts
        .map(|field| TextChange {
            title: field.title.get(lang).to_owned(),
            lines: field
                .lines
                .iter()
                .map(|line| match line.change {
                    LineChange::Same => TextLine::Same(line.text.clone()),
                    LineChange::Removed => TextLine::Removed(line.text.clone()),
                    LineChange::Added => TextLine::Added(line.text.clone()),
                })
                .collect(),
        })
        .collect()
}

/// What a refusal or the tray looks like, after any form.
pub(crate) fn refused_page(state: &AppState, visit: &Visit, register: &str, answer: &EntryAnswer) -> Answer {
    let snapshot = state.ledger.snapshot();
    let lang = visit.lang;
    let reason = |problem: &lianfang_kernel::Problem| Reason {
        message: problem.what.get(lang).to_owned(),
        clause: problem.clause.clone().unwrap_or_default(),
        hint: problem.hint.get(lang).to_owned(),
        ask: String::new(),
        code: problem.code.clone(),
    };
    let view = EntryResult {
        status: if answer.status == Became::Tray {
            Status::Tray
        } else {
            Status::Refused
        },
        id: answer.id.to_string(),
        register: (
            register.to_owned(),
            field_text::register_title(&snapshot, lang, register),
        ),
        at: civil(&snapshot.zone, state.ledger.now()),
        reasons: answer.problems.iter().map(reason).collect(),
        ..EntryResult::default()
    };
    let status = if answer.status == Became::Tray {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, render(&view, &visit.ctx(state))).into_response())
}

fn question(state: &AppState, visit: &Visit, item: &EntryItem, problems: Vec<Problem>) -> Confirm {
    let snapshot = state.ledger.snapshot();
    let lang = visit.lang;
    let title = field_text::register_title(&snapshot, lang, &item.register);
    let at = dates::moment(lang, civil(&snapshot.zone, item.at));
    let question = Words::new("撤回这条《{t}》（{at}）？", "Withdraw this entry of “{t}” ({at})?");
    let effect = Words::new(
        "原记录保留并标为已撤回；因它完成的任务重新打开。",
        "The entry stays and is marked withdrawn; tasks it discharged open again.",
    );
    Confirm {
        question: question.with("t", title).with("at", at).get(lang).to_owned(),
        effects: vec![effect.get(lang).to_owned()],
        verb: Words::new("撤回", "Withdraw").get(lang).to_owned(),
        action: paths::entry_act(&item.id.to_string(), "withdraw"),
        hidden: Vec::new(),
        asks: Vec::new(),
        asks_reason: true,
        back: paths::entry(&item.id.to_string()),
        problems,
    }
}

async fn ask_withdraw(State(state): State<AppState>, visit: Visit, Path(id): Path<String>) -> Answer {
    let item = entry(&state, staff_of(&visit)?, &id).await?;
    Ok(shown(render_confirm(
        &question(&state, &visit, &item, Vec::new()),
        &visit.ctx(&state),
    )))
}

/// Taking back within seconds is the same act as taking back with thought, with the reason `undo`.
async fn withdraw(State(state): State<AppState>, visit: Visit, Path(id): Path<String>, form: Form) -> Answer {
    visit.must_be_now()?;
    let staff = staff_of(&visit)?;
    let item = entry(&state, staff, &id).await?;
    let Some(reason) = form.given("reason") else {
        let what = Words::new("请写明撤回的原因", "Say why it is withdrawn");
        let view = question(&state, &visit, &item, vec![Problem::at("reason", what.get(visit.lang))]);
        return Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            render_confirm(&view, &visit.ctx(&state)),
        )
            .into_response());
    };
    let is_undo = reason == "undo";
    let undone = Words::new("误填，立即撤回", "taken back at once");
    let reason = if is_undo { undone.get(visit.lang) } else { reason };
    let taken_back = NewEntry {
        act: Act::Withdraw,
        replaces: Some(item.id),
        subject: Some(SubjectIn::Id(item.subject)),
        reason: Some(reason.to_owned()),
        ..NewEntry::new(state.ledger.new_id(), item.register.clone())
    };
    let result = append_one(&state, staff.author.clone(), taken_back).await?;
    if !matches!(result.status, Became::Accepted | Became::Flagged) {
        return refused_page(&state, &visit, &item.register, &result);
    }
    let onward = if is_undo {
        paths::TODAY.to_owned()
    } else {
        paths::entry(&item.id.to_string())
    };
    Ok(Redirect::to(&onward).into_response())
}
