//! Who looks at a page, in which language, at which moment: what every page is drawn with.

use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::civil::{Date, DateTime};
use lianfang_kernel::{Day, Instant, Lang, TimeOfDay, Words, Zone};
use lianfang_policy::Snapshot;
use lianfang_server::{
    ApiError, AppState, Caller, DEVICE_COOKIE, LANG_COOKIE, Locale, PageStaff, SESSION_COOKIE, Staff, cookie,
    csrf_token_of, read, set_cookie,
};
use lianfang_ui::part::clock::Clock;
use lianfang_ui::{Acting, Ctx, Markup, Place};
use std::sync::Arc;

/// How long a chosen language is kept, in seconds.
const LANGUAGE_S: i64 = 365 * 86_400;

/// A look at a page by anybody.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The reader's language.
    pub lang: Lang,
    /// The past moment looked at.
    pub as_of: Option<Instant>,
    /// Who looks.
    pub caller: Caller,
    path: String,
    csrf: String,
}

/// A look at a page by staff.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    /// Who.
    pub staff: Staff,
    /// How.
    pub visit: Visit,
}

impl Visit {
    fn of(parts: &Parts, state: &AppState, caller: Caller) -> Visit {
        let Locale(lang) = Locale::of(parts);
        let zone = &state.ledger.snapshot().zone;
        let query = parts.uri.query().unwrap_or_default();
        let mut kept = form_urlencoded::Serializer::new(String::new());
        let mut as_of = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "as_of" => as_of = moment(zone, &value).filter(|at| *at < state.ledger.now()),
                "lang" => {}
                _ => {
                    kept.append_pair(&name, &value);
                }
            }
        }
        let kept = kept.finish();
        let path = parts.uri.path();
        let secret = cookie(&parts.headers, SESSION_COOKIE).or_else(|| cookie(&parts.headers, DEVICE_COOKIE));
        Visit {
            lang,
            as_of,
            caller,
            path: if kept.is_empty() {
                path.to_owned()
            } else {
                format!("{path}?{kept}")
            },
            csrf: secret.map(|secret| csrf_token_of(&secret)).unwrap_or_default(),
        }
    }

    /// The same look without the reader's rights.
    pub fn as_anybody(&self) -> Visit {
        Visit {
            caller: Caller::Public,
            ..self.clone()
        }
    }

    /// The reader as staff.
    pub fn staff(&self) -> Option<&Staff> {
        match &self.caller {
            Caller::Staff(staff) => Some(staff),
            Caller::Resident(_) | Caller::Public => None,
        }
    }

    /// What the page is drawn with. Pages of residents stay public ones whoever looks.
    pub fn public(&self, state: &AppState) -> Ctx {
        let snapshot = state.ledger.snapshot();
        let city = snapshot.regions.get(&snapshot.city);
        Ctx {
            lang: self.lang,
            city: city.map_or_else(|| snapshot.city.to_string(), |city| city.name.get(self.lang).to_owned()),
            path: self.path.clone(),
            now: civil(&snapshot.zone, state.ledger.now()),
            as_of: self.as_of.map(|at| civil(&snapshot.zone, at)),
            csrf: self.csrf.clone(),
            version: state.config.version.to_owned(),
            is_demo: state.config.demonstration,
            test_clock: state.config.test_clock.is_some(),
            acting: None,
        }
    }

    /// The same, in the staff frame for staff.
    pub fn ctx(&self, state: &AppState) -> Ctx {
        let acting = self.staff().map(|staff| acting(state, staff, self.lang));
        Ctx {
            acting,
            ..self.public(state)
        }
    }

    /// The same visit at the page that an act was started from: what answers a form has no address of its own to come
    /// back to.
    pub fn at_path(mut self, path: &str) -> Visit {
        path.clone_into(&mut self.path);
        self
    }

    /// The number that the city tells people to call; empty where it has none.
    pub fn help_line(&self, state: &AppState) -> String {
        let snapshot = state.ledger.snapshot();
        let at = self.as_of.unwrap_or_else(|| state.ledger.now());
        let line = snapshot.setting("help_line", &snapshot.city, at);
        line.and_then(|line| line.as_text().map(str::to_owned))
            .unwrap_or_default()
    }

    /// An address at the moment looked at.
    pub fn kept(&self, href: &str) -> String {
        let Some(at) = self.as_of else {
            return href.to_owned();
        };
        let at: String = form_urlencoded::byte_serialize(at.to_string().as_bytes()).collect();
        let joint = if href.contains('?') { '&' } else { '?' };
        format!("{href}{joint}as_of={at}")
    }

    /// Packs, regions and organisations, with what was in force as it was known at the moment looked at.
    ///
    /// # Errors
    /// The database.
    pub async fn snapshot(&self, state: &AppState) -> Result<Arc<Snapshot>, ApiError> {
        match self.as_of {
            None => Ok(state.ledger.snapshot()),
            as_of => read(state, move |reader| reader.snapshot_as_of(as_of)).await,
        }
    }

    /// An answer of forms is refused while looking at the past.
    ///
    /// # Errors
    /// `read_only`
    pub fn must_be_now(&self) -> Result<(), ApiError> {
        if self.as_of.is_none() {
            return Ok(());
        }
        let what = Words::new("查看历史时不能填报", "Nothing can be written while looking at the past");
        let hint = Words::new("请回到现在", "Go back to now");
        Err(ApiError::refused(lianfang_kernel::Problem::new(
            "read_only",
            what,
            hint,
        )))
    }
}

impl Desk {
    /// What the page is drawn with.
    pub fn ctx(&self, state: &AppState) -> Ctx {
        let acting = Some(acting(state, &self.staff, self.visit.lang));
        Ctx {
            acting,
            ..self.visit.public(state)
        }
    }

    /// [`Visit::at_path`] of its visit.
    pub fn at_path(mut self, path: &str) -> Desk {
        self.visit = self.visit.at_path(path);
        self
    }

    /// The moment the page speaks of.
    pub fn at(&self, state: &AppState) -> Instant {
        self.visit.as_of.unwrap_or_else(|| state.ledger.now())
    }
}

fn acting(state: &AppState, staff: &Staff, lang: Lang) -> Acting {
    let snapshot = state.ledger.snapshot();
    let role = staff.role.title.get(lang);
    let out = Words::new("{role}（未在任）", "{role} (not in post)").with("role", role);
    let role = if staff.is_in_post { role } else { out.get(lang) };
    let org = staff.login.org.and_then(|id| snapshot.orgs.get(id));
    let label = org.map_or_else(|| role.to_owned(), |org| format!("{} · {role}", org.name.get(lang)));
    Acting {
        name: staff.login.name.clone(),
        place: Place {
            id: staff.login.id.to_string(),
            label,
        },
        others: Vec::new(),
        open_tasks: 0,
        has_briefings: !snapshot.model.briefings.is_empty(),
        sees_settings: staff.role.admin || staff.role.auditor,
        settings: crate::admin::pages(staff),
    }
}

impl<S> FromRequestParts<S> for Visit
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Visit, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        Ok(Visit::of(parts, &AppState::from_ref(state), caller))
    }
}

impl<S> FromRequestParts<S> for Desk
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Desk, Response> {
        let PageStaff(staff) = PageStaff::from_request_parts(parts, state).await?;
        let caller = Caller::Staff(Box::new(staff.clone()));
        let visit = Visit::of(parts, &AppState::from_ref(state), caller);
        Ok(Desk { staff, visit })
    }
}

/// Keeps a language chosen by `?lang=` for the pages that follow.
pub(crate) async fn keep_language(request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let chosen = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, tag)| Lang::from_tag(&tag));
    let tls = request.uri().scheme_str() == Some("https");
    let mut response = next.run(request).await;
    if let Some(lang) = chosen {
        response
            .headers_mut()
            .append(SET_COOKIE, set_cookie(LANG_COOKIE, lang.tag(), LANGUAGE_S, tls));
    }
    response
}

/// A page as an answer.
pub(crate) fn shown(page: Markup) -> Response {
    page.into_response()
}

/// A moment on the city's clock.
pub(crate) fn civil(zone: &Zone, at: Instant) -> DateTime {
    let (year, month, day, hour, minute) = zone.civil(at);
    DateTime::new(year, month, day, hour, minute, 0, 0).unwrap_or(DateTime::ZERO)
}

/// What is due, as seen from a moment.
pub(crate) fn clock(zone: &Zone, due: Instant, at: Instant) -> Clock {
    Clock {
        due: civil(zone, due),
        minutes: (due.0 - at.0).div_euclid(60_000),
    }
}

/// A day as pages write it.
pub(crate) fn date(day: Day) -> Date {
    let (year, month, day) = day.ymd();
    Date::new(year, month, day).unwrap_or(Date::ZERO)
}

/// A moment as a form or an address writes it: on the city's clock, or with its offset.
pub(crate) fn moment(zone: &Zone, text: &str) -> Option<Instant> {
    let text = text.trim();
    if let Ok(at) = Instant::parse(text) {
        return Some(at);
    }
    let (day, time) = text.split_once(['T', ' '])?;
    let time = TimeOfDay::parse(time.get(..5)?).ok()?;
    Some(zone.at(Day::parse(day).ok()?, time))
}
