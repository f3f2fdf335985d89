//! Who sends checks: a phone of a checkpoint by its own secret, or staff.

use crate::caller::{Staff, authorization};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use lianfang_kernel::ids::{DeviceId, SubjectId};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::read::CheckpointDevice;
use lianfang_ledger::wire::{Author, CHECKPOINT};

/// The role that phones of checkpoints write in; a pack says what it may.
const PHONE_ROLE: &str = "checkpoint-staff";

/// A phone, or somebody signed in.
#[derive(Clone, Debug)]
pub(crate) enum CheckCaller {
    /// A phone of a checkpoint.
    Phone(CheckpointDevice),
    /// Staff.
    Staff(Box<Staff>),
}

impl CheckCaller {
    /// As whom checks are written.
    pub(crate) fn author(&self) -> Author {
        match self {
            CheckCaller::Phone(device) => Author {
                login: None,
                device: Some(DeviceId(device.id)),
                owner: None,
                role: PHONE_ROLE.to_owned(),
                org: device.org,
                channel: CHECKPOINT,
            },
            CheckCaller::Staff(staff) => Author {
                channel: CHECKPOINT,
                ..staff.author.clone()
            },
        }
    }

    /// The checkpoint that a phone belongs to.
    pub(crate) fn own(&self) -> Option<SubjectId> {
        match self {
            CheckCaller::Phone(device) => Some(device.checkpoint),
            CheckCaller::Staff(_) => None,
        }
    }
}

fn unknown_phone() -> ApiError {
    ApiError::refused(Problem::new(
        "unknown_device",
        Words::new("本手机没有登记在任何卡点", "This phone is enrolled at no checkpoint"),
        Words::new(
            "请卡点负责人出示登记二维码，重新登记",
            "Ask the head of the checkpoint for a code and enrol it",
        ),
    ))
}

fn revoked_phone() -> ApiError {
    ApiError::refused(Problem::new(
        "device_revoked",
        Words::new("本手机的登记已撤销", "This phone was revoked"),
        Words::new(
            "未上传的查验请导出文件交卡点负责人上传",
            "Export the checks that were not sent and give the file to the head of the checkpoint",
        ),
    ))
}

impl<S> FromRequestParts<S> for CheckCaller
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<CheckCaller, ApiError> {
        let Some(secret) = authorization(&parts.headers, "Checkpoint").map(str::to_owned) else {
            let staff = Staff::from_request_parts(parts, state).await?;
            return Ok(CheckCaller::Staff(Box::new(staff)));
        };
        let state = AppState::from_ref(state);
        let device = read(&state, move |reader| reader.checkpoint_device(&secret)).await?;
        let device = device.ok_or_else(unknown_phone)?;
        if device.revoked_at.is_some() {
            return Err(revoked_phone());
        }
        state.limits.device(DeviceId(device.id))?;
        Ok(CheckCaller::Phone(device))
    }
}
