//! `cert init`: a small authority and a server certificate, so that phones on a local network may use camera and storage.

use crate::failure::{Failure, Outcome};
use crate::{key_file, say};
use clap::{Args, Subcommand};
use lianfang_kernel::{Clock, Day, SystemClock, Words, Zone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// How long phones believe a server certificate at most.
const SERVER_DAYS: i64 = 397;
/// How long the authority stands.
const AUTHORITY_DAYS: i64 = 1_826;

/// What to do with certificates.
#[derive(Debug, Subcommand)]
pub enum CertVerb {
    /// 生成小型证书机构和服务器证书 ¦ Make a small authority and a server certificate
    Init(CertArgs),
}

/// Arguments of `cert init`.
#[derive(Args, Debug)]
pub struct CertArgs {
    /// 主机名或 IP，可多个 ¦ Host names or addresses
    #[arg(required = true, value_name = "HOST")]
    hosts: Vec<String>,
    /// 输出目录 ¦ Folder to write to
    #[arg(long, default_value = ".", value_name = "DIR")]
    out: PathBuf,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Writes four files: the authority's certificate and key, the server's certificate and key.
///
/// # Errors
/// A host name is none; a file exists already.
pub fn run(verb: &CertVerb) -> Outcome {
    let CertVerb::Init(args) = verb;
    let today = Zone::china().day_of(SystemClock.now());
    let ca_key = KeyPair::generate().map_err(refused)?;
    let ca = authority(today);
    let ca_certificate = ca.self_signed(&ca_key).map_err(refused)?;
    let server_key = KeyPair::generate().map_err(refused)?;
    let issuer = Issuer::from_params(&ca, &ca_key);
    let server = server(args, today)?.signed_by(&server_key, &issuer).map_err(refused)?;
    std::fs::create_dir_all(&args.out).map_err(|error| Failure::file(&args.out, error))?;
    let path = |name: &str| args.out.join(name);
    let files = [
        (path("lianfang-ca.crt"), ca_certificate.pem()),
        (path("lianfang-ca.key"), ca_key.serialize_pem()),
        (path("server.crt"), format!("{}{}", server.pem(), ca_certificate.pem())),
        (path("server.key"), server_key.serialize_pem()),
    ];
    for (path, text) in &files {
        key_file::write_private(path, text.as_bytes())?;
    }
    if args.json {
        say::json(
            &json!({ "ca": files[0].0, "ca_key": files[1].0, "certificate": files[2].0, "key": files[3].0, "hosts": args.hosts }),
        );
    } else {
        instruct(&files[0].0, &files[2].0, &files[3].0);
    }
    Ok(())
}

fn authority(today: Day) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params
        .distinguished_name
        .push(DnType::CommonName, "Lianfang local authority");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, today, AUTHORITY_DAYS);
    params
}

fn server(args: &CertArgs, today: Day) -> Outcome<CertificateParams> {
    let mut params = CertificateParams::new(args.hosts.clone()).map_err(refused)?;
    let name = args.hosts.first().cloned().unwrap_or_default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.insert_extended_key_usage(ExtendedKeyUsagePurpose::ServerAuth);
    valid(&mut params, today, SERVER_DAYS);
    Ok(params)
}

fn valid(params: &mut CertificateParams, today: Day, days: i64) {
    let moment = |day: Day| {
        let (year, month, day) = day.ymd();
        date_time_ymd(
            i32::from(year),
            u8::try_from(month).unwrap_or(1),
            u8::try_from(day).unwrap_or(1),
        )
    };
    params.not_before = moment(today.plus(-1));
    params.not_after = moment(today.plus(days));
}

fn refused(error: rcgen::Error) -> Failure {
    Failure::new(
        Words::new(
            format!("无法生成证书：{error}"),
            format!("the certificate cannot be made: {error}"),
        ),
        Words::new(
            "主机名写成 lianfang.local 或 192.168.1.10",
            "write hosts like lianfang.local or 192.168.1.10",
        ),
    )
}

fn instruct(ca: &Path, certificate: &Path, key: &Path) {
    let (ca, certificate, key) = (ca.display(), certificate.display(), key.display());
    say::out_words(&Words::new(
        format!(
            "已生成。启动：lianfang serve --tls-cert {certificate} --tls-key {key} …\n\
             手机信任（只装 {ca}，不要传出任何 .key）：\n\
             \u{20} 安卓：设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书。\n\
             \u{20} 苹果：发送到手机打开 → 设置 → 已下载描述文件 → 安装；再到 通用 → 关于本机 → 证书信任设置 打开。"
        ),
        format!(
            "Made. Start: lianfang serve --tls-cert {certificate} --tls-key {key} …\n\
             Phones (install {ca} only; no .key ever leaves this machine):\n\
             \u{20} Android: Settings → Security → Encryption & credentials → Install a certificate → CA certificate.\n\
             \u{20} iPhone: send it to the phone and open it → Settings → Profile Downloaded → Install; then General → About → Certificate Trust Settings."
        ),
    ));
}
