//! Back to one's own page: by the code written down, or by the code that the community handed over.

use crate::Answer;
use crate::device::DEVICE_S;
use crate::form::Form;
use crate::visit::{Visit, shown};
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect};
use lianfang_server::{ApiError, AppState, DEVICE_COOKIE, Resident, bind_by_code, read, set_cookie};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::recover::{Recover, render};

pub(super) async fn show(State(state): State<AppState>, visit: Visit) -> Answer {
    let view = Recover {
        help_line: visit.help_line(&state),
        problems: Vec::new(),
    };
    Ok(shown(render(&view, &visit.public(&state))))
}

pub(super) async fn recover(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    form: Form,
) -> Answer {
    let resident = resident.ok();
    let code = form.get("code").to_owned();
    // The secret of another device is longer than any code of the community: it is that device come back.
    let secret = code.clone();
    let is_device = read(&state, move |reader| reader.device(&secret)).await?.is_some();
    let bound = if is_device {
        Ok(Some(code))
    } else {
        bind_by_code(&state, resident.as_ref(), &code).await
    };
    let secret = match bound {
        Ok(secret) => secret,
        Err(error) if error.status.is_client_error() => {
            let problem = &error.problem;
            let words = problem.told(visit.lang);
            let view = Recover {
                help_line: visit.help_line(&state),
                problems: vec![Problem::at("code", words)],
            };
            return Ok((error.status, render(&view, &visit.public(&state))).into_response());
        }
        Err(error) => return Err(error),
    };
    let mut answer = Redirect::to(paths::ME).into_response();
    if let Some(secret) = secret {
        answer.headers_mut().append(
            SET_COOKIE,
            set_cookie(DEVICE_COOKIE, &secret, DEVICE_S, state.config.tls),
        );
    }
    Ok(answer)
}
