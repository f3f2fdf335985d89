//! How a command fails: what was wrong and what to do, in both languages, and the exit code.
//!
//! 1 — the check or the input failed; 2 — wrong usage. Every command answers [`Outcome`]; `main` prints it once.

use lianfang_db::DbError;
use lianfang_kernel::{Lang, Problem, Words};
use lianfang_ledger::LedgerError;
use lianfang_server::ApiError;
use std::fmt::Display;
use std::path::Path;

/// What a command answers.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Why a command failed.
#[derive(Debug)]
pub struct Failure(Box<Told>);

#[derive(Debug)]
struct Told {
    code: u8,
    what: Words,
    hint: Option<Words>,
}

impl Failure {
    /// The check or the input failed.
    pub fn new(what: Words, hint: Words) -> Failure {
        Failure(Box::new(Told {
            code: 1,
            what,
            hint: Some(hint),
        }))
    }

    /// Wrong usage.
    pub fn usage(what: Words, hint: Words) -> Failure {
        Failure(Box::new(Told {
            code: 2,
            what,
            hint: Some(hint),
        }))
    }

    /// The command has said everything on standard error already.
    pub fn said() -> Failure {
        Failure(Box::new(Told {
            code: 1,
            what: Words::default(),
            hint: None,
        }))
    }

    /// A file cannot be read or written.
    pub fn file(path: &Path, error: impl Display) -> Failure {
        Failure::new(
            Words::new(
                format!("文件 {} 无法读写：{error}", path.display()),
                format!("the file {} cannot be read or written: {error}", path.display()),
            ),
            Words::new("请检查路径、权限和磁盘空间", "check the path, its rights and the disk"),
        )
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.0.code
    }

    /// What was wrong.
    #[cfg(test)]
    pub fn what(&self) -> &Words {
        &self.0.what
    }

    /// The text for standard error; empty when everything was said.
    pub fn text(&self, lang: Lang) -> String {
        let told = &self.0;
        if told.what == Words::default() {
            return String::new();
        }
        let (error, hint) = match lang {
            Lang::Zh => ("错误：", "提示："),
            Lang::En => ("error: ", "hint: "),
        };
        let mut text = format!("{error}{}", told.what.get(lang));
        if let Some(words) = &told.hint {
            text.push_str(&format!("\n{hint}{}", words.get(lang)));
        }
        text
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::new(problem.what, problem.hint)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Failure {
        // A sheet's heading may have several faults; the first is the failure, the others are told before it.
        (*error.problem).into()
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Failure {
        let said = error.message();
        let what = Words::new(format!("{}（{error}）", said.zh), error.to_string());
        let hint = error.hint().map_or_else(
            || {
                Words::new(
                    "请核对 --database，并运行 lianfang doctor",
                    "check --database and run lianfang doctor",
                )
            },
            |hint| Words::new(&hint.zh, &hint.en),
        );
        Failure::new(what, hint)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        match error {
            LedgerError::Db(error) => error.into(),
            LedgerError::Refused(problem) => (*problem).into(),
            LedgerError::Key(words) => Failure::new(
                words,
                Words::new("请核对 --key 指定的密钥文件", "check the key file given with --key"),
            ),
            LedgerError::Corrupt(words) => Failure::new(
                words,
                Words::new(
                    "请运行 lianfang doctor，必要时从备份恢复",
                    "run lianfang doctor; restore from a backup if need be",
                ),
            ),
            other => Failure::new(
                Words::new(format!("数据库忙或已停止（{other}）"), other.to_string()),
                Words::new("请稍后再试", "try again in a moment"),
            ),
        }
    }
}
