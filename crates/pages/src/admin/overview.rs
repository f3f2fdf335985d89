//! First page of the settings; organisations, roles and packs as they are.

use super::must_oversee;
use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, field_text, region_steps};
use axum::extract::{RawQuery, State};
use lianfang_kernel::{Instant, Problem, Words};
use lianfang_ledger::accounts;
use lianfang_policy::model::{Level, Scope};
use lianfang_server::{ApiError, AppState, read};
use lianfang_ui::text::text;
use lianfang_ui::views::admin::{index as first, orgs as org_list, packs as pack_list, roles as role_list};

/// Organisations of one page.
const ORGS: usize = 300;

pub(super) async fn index(State(state): State<AppState>, desk: Desk) -> Answer {
    must_oversee(&desk)?;
    let part = |page: &str| first::Part {
        page: page.to_owned(),
        state: String::new(),
        meaning: None,
    };
    let view = first::Index {
        parts: super::pages(&desk.staff).into_iter().map(part).collect(),
    };
    Ok(shown(first::render(&view, &desk.ctx(&state))))
}

pub(super) async fn orgs(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    must_oversee(&desk)?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let q = query.get("q").to_owned();
    let logins = read(&state, |reader| accounts::list(reader.connection())).await?;
    let fits =
        |org: &&lianfang_kernel::Organisation| q.is_empty() || org.name.zh.contains(&q) || org.name.en.contains(&q);
    let orgs = snapshot
        .orgs
        .iter()
        .filter(|org| snapshot.regions.within(&org.region, &desk.staff.region))
        .filter(fits);
    let line = |org: &lianfang_kernel::Organisation| org_list::Org {
        id: org.id.to_string(),
        name: org.name.get(lang).to_owned(),
        kind: snapshot
            .model
            .types
            .get(&org.kind_type)
            .map_or_else(|| org.kind_type.clone(), |kind| kind.title.get(lang).to_owned()),
        region: region_steps::name(&snapshot.regions, lang, &org.region),
        sector: org.sector.clone().unwrap_or_default(),
        functions: org.functions.iter().map(|(function, _)| function.clone()).collect(),
        accounts: u32::try_from(logins.iter().filter(|login| login.org == Some(org.id)).count()).unwrap_or(0),
    };
    let orgs = orgs.take(ORGS).map(line).collect();
    let view = org_list::Orgs {
        q: q.clone(),
        orgs,
        vacant: Vec::new(),
        next: None,
    };
    Ok(shown(org_list::render(&view, &desk.ctx(&state))))
}

pub(super) async fn roles(State(state): State<AppState>, desk: Desk) -> Answer {
    must_oversee(&desk)?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let logins = read(&state, |reader| accounts::list(reader.connection())).await?;
    let title = |id: &String| field_text::register_title(&snapshot, lang, id);
    let level = |level: &Level| match level {
        Level::Figures => text(lang, "level-figures"),
        Level::Pseudonymous => text(lang, "level-pseudonymous"),
        Level::Identified => text(lang, "level-identified"),
    };
    let scope = |scope: Scope| match scope {
        Scope::Region => Words::new("所在区域", "its region"),
        Scope::Organisation => Words::new("本单位", "its organisation"),
        Scope::Sector => Words::new("本行业", "its sector"),
        Scope::Own => Words::new("本人填报的", "its own entries"),
    };
    let roles = snapshot.model.roles.values().map(|role| role_list::Role {
        id: role.id.clone(),
        title: role.title.get(lang).to_owned(),
        writes: role.write.iter().map(title).collect(),
        reads: role
            .read
            .iter()
            .map(|(register, found)| (title(register), level(found)))
            .collect(),
        scope: scope(role.scope).get(lang).to_owned(),
        holders: u32::try_from(logins.iter().filter(|login| login.role == role.id).count()).unwrap_or(0),
        pack: String::new(),
    });
    Ok(shown(role_list::render(
        &role_list::Roles { roles: roles.collect() },
        &desk.ctx(&state),
    )))
}

pub(super) async fn packs(State(state): State<AppState>, desk: Desk) -> Answer {
    must_oversee(&desk)?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let model = &snapshot.model;
    let digest = model.digest.clone();
    let activated = read(&state, move |reader| {
        let sql = "select activated_at, author, approver from pack_version where digest = $1";
        let row = reader.connection().query_opt(sql, &[digest.as_str().into()])?;
        Ok(match row {
            Some(row) => Some((
                Instant(row.int("activated_at")?),
                row.text("author")?.to_owned(),
                row.text("approver")?.to_owned(),
            )),
            None => None,
        })
    })
    .await?;
    let activation = || match &activated {
        Some((at, author, approver)) => pack_list::Activation::Active {
            since: civil(&snapshot.zone, *at),
            by: (author.clone(), approver.clone()),
        },
        None => pack_list::Activation::Inactive,
    };
    let packs = model.packs.values().map(|pack| {
        let registers = model
            .registers
            .values()
            .filter(|register| register.schema.pack == pack.id)
            .count();
        let protocols = model
            .protocols
            .iter()
            .filter(|protocol| protocol.pack == pack.id)
            .count();
        let figures = model
            .indicators
            .values()
            .filter(|indicator| indicator.pack == pack.id)
            .count();
        let holds = Words::new(
            "登记册{r}个、方案{p}个、指标{f}个",
            "{r} registers, {p} protocols, {f} figures",
        );
        pack_list::Pack {
            id: pack.id.clone(),
            title: pack.title.get(lang).to_owned(),
            digest: model.digest.chars().take(12).collect(),
            holds: holds
                .with("r", registers)
                .with("p", protocols)
                .with("f", figures)
                .get(lang)
                .to_owned(),
            preview: Vec::new(),
            activation: activation(),
        }
    });
    let view = pack_list::Packs { packs: packs.collect() };
    Ok(shown(pack_list::render(&view, &desk.ctx(&state))))
}

/// Two people activate on the command line, where the sources are; a page alone does not change the rules of a city.
pub(super) async fn activate(desk: Desk) -> Answer {
    desk.staff.must_manage()?;
    let what = Words::new("能力包不在网页上启用", "Packs are not activated on a page");
    let hint = Words::new(
        "请在服务器上用 lianfang pack activate，由两人办理",
        "On the server, two people run lianfang pack activate",
    );
    Err(ApiError::refused(Problem::new("by_command_line", what, hint)))
}
