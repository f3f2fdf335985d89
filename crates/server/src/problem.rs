//! Errors as people and programs read them: RFC 9457 problem details in the asked language.

use crate::locale;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lianfang_kernel::{Lang, Problem, Words};
use lianfang_ledger::LedgerError;
use serde_json::{Map, Value, json};

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct ApiError {
    /// The status of the answer.
    pub status: StatusCode,
    /// Code, text and hint in both languages; the answer carries one of them.
    pub problem: Box<Problem>,
    /// Seconds after which trying again may help.
    pub retry_after_s: Option<u32>,
    /// Further members of the answer.
    pub more: Map<String, Value>,
}

impl ApiError {
    /// An error of that status.
    pub fn new(status: StatusCode, problem: Problem) -> ApiError {
        ApiError {
            status,
            problem: Box::new(problem),
            retry_after_s: None,
            more: Map::new(),
        }
    }

    /// A problem whose status follows from its code: 422 unless the code says otherwise.
    pub fn refused(problem: Problem) -> ApiError {
        ApiError::new(status_of(&problem.code), problem)
    }

    /// Nobody is signed in.
    pub fn sign_in_needed() -> ApiError {
        ApiError::refused(Problem::new(
            "sign_in_needed",
            Words::new("请先登录", "Sign in first"),
            Words::new(
                "登录后重试；程序请使用接口令牌",
                "Sign in and try again; programs send a token",
            ),
        ))
    }

    /// The role has no such right.
    pub fn no_right(what: Words) -> ApiError {
        let hint = Words::new(
            "请由有该职责的岗位办理，或联系本单位管理员",
            "Ask the post that has this duty, or your administrator",
        );
        ApiError::refused(Problem::new("no_right", what, hint))
    }

    /// The subject or place is somebody else's.
    pub fn out_of_scope() -> ApiError {
        ApiError::refused(Problem::new(
            "out_of_scope",
            Words::new("不在您的管辖范围内", "This is outside your area or unit"),
            Words::new(
                "请向其所在地查询，或核对区域代码",
                "Ask its own area, or check the region's code",
            ),
        ))
    }

    /// There is no such thing.
    pub fn not_found(what: Words) -> ApiError {
        let hint = Words::new("请核对编号，或从名单中选择", "Check the id, or pick it from the list");
        ApiError::refused(Problem::new("not_found", what, hint))
    }

    /// A field that cannot be read.
    pub fn bad_field(field: &str, what: Words, hint: Words) -> ApiError {
        ApiError::refused(Problem::new("bad_field", what, hint).at(field))
    }

    /// Come back later.
    pub fn busy(retry_after_s: u32) -> ApiError {
        let problem = Problem::new(
            "busy",
            Words::new("系统繁忙，请稍后重试", "Busy: please try again shortly"),
            Words::new(
                "内容没有丢失，稍后再次提交即可",
                "Nothing is lost: send the same again in a moment",
            ),
        );
        ApiError {
            retry_after_s: Some(retry_after_s),
            ..ApiError::new(StatusCode::SERVICE_UNAVAILABLE, problem)
        }
    }

    /// Too often.
    pub fn too_often(retry_after_s: u32) -> ApiError {
        let problem = Problem::new(
            "too_many_requests",
            Words::new("操作过于频繁", "Too many requests"),
            Words::new("请稍等片刻再试", "Wait a moment and try again"),
        );
        ApiError {
            retry_after_s: Some(retry_after_s),
            ..ApiError::refused(problem)
        }
    }

    /// Something of ours failed; what is logged elsewhere, what is told is that it was not the sender.
    pub fn internal() -> ApiError {
        let problem = Problem::new(
            "internal",
            Words::new("系统出错，未保存", "Something went wrong here; nothing was saved"),
            Words::new(
                "请稍后重试；若反复出现，请把请求编号告诉管理员",
                "Try again later; if it stays, give the request id to the administrator",
            ),
        );
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, problem)
    }

    /// With a further member.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> ApiError {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// The body of the answer.
    pub fn to_json(&self, lang: Lang) -> Value {
        let problem = &self.problem;
        let mut body = json!({
            "type": format!("urn:lianfang:problem:{}", problem.code),
            "status": self.status.as_u16(),
            "code": problem.code,
            "title": title_of(self.status).get(lang),
            "detail": problem.what.get(lang),
            "field": problem.field,
            "hint": problem.hint.get(lang),
        });
        if let Some(clause) = &problem.clause {
            body["clause"] = clause.as_str().into();
        }
        for (name, value) in &self.more {
            body[name.as_str()] = value.clone();
        }
        body
    }
}

/// The status that a refusal's code stands for.
fn status_of(code: &str) -> StatusCode {
    match code {
        "sign_in_needed" | "wrong_password" | "needs_totp" | "unknown_device" | "device_revoked" | "unknown_token" => {
            StatusCode::UNAUTHORIZED
        }
        "no_right" | "not_in_post" | "out_of_scope" | "not_yours" | "csrf" | "account_closed" | "bulk_read" => {
            StatusCode::FORBIDDEN
        }
        "not_found" | "unknown_subject" | "unknown_login" | "unknown_indicator" | "unknown_register" => {
            StatusCode::NOT_FOUND
        }
        "id_conflict" | "login_exists" | "discharged_by_entry" => StatusCode::CONFLICT,
        "too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "too_many_requests" | "sign_in_waits" => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn title_of(status: StatusCode) -> Words {
    match status {
        StatusCode::UNAUTHORIZED => Words::new("需要登录", "Not signed in"),
        StatusCode::FORBIDDEN => Words::new("没有权限", "Not allowed"),
        StatusCode::NOT_FOUND => Words::new("找不到", "Not found"),
        StatusCode::METHOD_NOT_ALLOWED => Words::new("不支持这种请求", "Method not allowed"),
        StatusCode::CONFLICT => Words::new("有冲突", "Conflict"),
        StatusCode::PAYLOAD_TOO_LARGE => Words::new("内容过大", "Too large"),
        StatusCode::TOO_MANY_REQUESTS => Words::new("过于频繁", "Too often"),
        StatusCode::SERVICE_UNAVAILABLE => Words::new("暂时繁忙", "Busy"),
        status if status.is_server_error() => Words::new("系统出错", "Server error"),
        _ => Words::new("不能接受", "Cannot be accepted"),
    }
}

impl From<LedgerError> for ApiError {
    fn from(error: LedgerError) -> ApiError {
        match error {
            LedgerError::Refused(problem) => ApiError::refused(*problem),
            LedgerError::Busy(seconds) => ApiError::busy(seconds),
            error if error.is_transient() || error.is_unavailable() => {
                tracing::warn!(%error, "the store is not available");
                ApiError::busy(5)
            }
            error => {
                tracing::error!(%error, "the ledger failed");
                ApiError::internal()
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let lang = locale::current();
        let mut response = (self.status, self.to_json(lang).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer, Device"));
        }
        response
    }
}
