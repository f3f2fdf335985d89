//! `pass verify`: passes and certificates, a code a line, against a trust file, offline.

use crate::failure::{Failure, Outcome};
use crate::{commands, say};
use clap::Args;
use lianfang_kernel::{Clock, Instant, SystemClock, Words};
use lianfang_pass::{TrustFile, Verdict, verify_scanned};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Longest line that is kept; what is longer holds no code, and its rest is passed over.
const MOST_LINE_BYTES: u64 = 128 * 1024;
/// A byte order mark, as some editors write at the begin of a file.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Arguments of `pass verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// 信任文件 ¦ The trust file
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// 核验时刻；默认取信任文件的 clock，否则现在 ¦ Moment to judge at; the trust file's clock, else now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// 持有人出示的证件号；外地证明只有姓名，须人工比对 ¦ Number of the document that the holder shows; other issuers' certificates hold a name only, for a person to compare
    #[arg(long, value_name = "NUMBER")]
    document: Option<String>,
    /// 文件，- 为标准输入 ¦ Files; - is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What every code is judged by.
struct Judge<'a> {
    trust: TrustFile,
    at: Instant,
    document: Option<&'a str>,
}

/// Does it.
///
/// # Errors
/// A file cannot be read; the trust file is none.
pub fn run(args: &VerifyArgs) -> Outcome {
    let text = std::fs::read_to_string(&args.trust).map_err(|error| Failure::file(&args.trust, error))?;
    let text = text.trim_start_matches(BYTE_ORDER_MARK);
    let trust = TrustFile::from_json(text).map_err(|error| {
        Failure::new(
            Words::new(format!("信任文件无法使用：{error}"), error.to_string()),
            Words::new(
                "用 lianfang pass keys export 生成",
                "make one with lianfang pass keys export",
            ),
        )
    })?;
    for unusable in &trust.unusable {
        say::err(say::pick(
            &format!("信任文件中有一项无法使用，已跳过：{unusable}"),
            &format!("passed over in the trust file, it cannot be used: {unusable}"),
        ));
    }
    let asked = args
        .at
        .as_deref()
        .map(Instant::parse)
        .transpose()
        .map_err(commands::indicator::bad_time)?;
    let judge = Judge {
        at: asked.or(trust.clock).unwrap_or_else(|| SystemClock.now()),
        trust,
        document: args.document.as_deref(),
    };
    let input = [PathBuf::from("-")];
    let files = if args.files.is_empty() {
        &input
    } else {
        args.files.as_slice()
    };
    for file in files {
        let read = if file == Path::new("-") {
            judge.lines(std::io::stdin().lock())
        } else {
            std::fs::File::open(file).and_then(|opened| judge.lines(BufReader::new(opened)))
        };
        read.map_err(|error| Failure::file(file, error))?;
    }
    Ok(())
}

impl Judge<'_> {
    /// Line after line: a file of any length is read in the memory of one.
    fn lines(&self, mut reader: impl BufRead) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let length = reader.by_ref().take(MOST_LINE_BYTES).read_until(b'\n', &mut bytes)?;
            if length == 0 {
                break;
            }
            if !bytes.ends_with(b"\n") {
                reader.skip_until(b'\n')?;
            }
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_start_matches(BYTE_ORDER_MARK).trim();
            if !line.is_empty() {
                say::json(&self.line(number, line));
            }
        }
        Ok(())
    }

    /// A code, or a JSON array of the codes that one certificate was scanned in.
    fn line(&self, number: usize, line: &str) -> Value {
        let codes: Option<Vec<String>> = line.starts_with('[').then(|| serde_json::from_str(line).ok()).flatten();
        let verdict = match &codes {
            Some(codes) => {
                let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
                verify_scanned(&codes, &self.trust, self.at, self.document)
            }
            None => verify_scanned(&[line], &self.trust, self.at, self.document),
        };
        self.shown(number, &verdict)
    }

    /// Who the holder of another issuer's certificate is stays in it: it is compared on the paper or the phone.
    fn shown(&self, number: usize, verdict: &Verdict) -> Value {
        let mut shown = json!({
            "line": number,
            "format": verdict.format,
            "kind": verdict.kind,
            "verdict": verdict.verdict,
            "reason": verdict.reason,
        });
        if let Some(claims) = &verdict.foreign {
            shown["issuer"] = json!(claims.issuer);
            if self.document.is_some() {
                shown["holder"] = json!("not_compared");
            }
        }
        shown
    }
}
