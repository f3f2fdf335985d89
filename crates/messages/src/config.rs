//! The file that names the channels. It holds secrets: it belongs to the server alone, like the master key.

use crate::channel::Channel;
use crate::http;
use crate::robots::{Brand, Robot};
use crate::smtp::MailServer;
use crate::text_gateway::TextGateway;
use lettre::SmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lianfang_kernel::Words;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Shorter words for the gateway could be guessed.
const TOKEN_CHARS: usize = 24;
/// How long one step with a mail server may take.
const MAIL_TIMEOUT: Duration = Duration::from_secs(15);

/// What happens to a message whose attempt broke off, so that nobody knows whether it arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// It is sent again under the same id: it may arrive twice where the other side does not look at ids.
    #[default]
    AtLeastOnce,
    /// It is not sent again, and stands in the list of what could not be delivered.
    AtMostOnce,
}

/// What kind of channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text messages through a gateway over HTTP.
    Sms,
    /// Robot of a WeCom group.
    WeCom,
    /// Robot of a DingTalk group.
    DingTalk,
    /// Robot of a Feishu group.
    Feishu,
    /// E-mail.
    Smtp,
}

impl Kind {
    /// Whether a resident can be reached by it: a robot speaks to a group of staff.
    pub fn is_for_residents(self) -> bool {
        matches!(self, Kind::Sms | Kind::Smtp)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    link: String,
    inbound_token: Option<String>,
    #[serde(default)]
    channel: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    kind: Kind,
    title: Option<Title>,
    #[serde(default)]
    guarantee: Guarantee,
    per_minute: Option<u32>,
    url: Option<String>,
    secret: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    content_type: Option<String>,
    dedupe_header: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password: Option<String>,
    from: Option<String>,
    tls: Option<MailTls>,
    ca: Option<PathBuf>,
}

#[derive(Clone, Deserialize)]
struct Title {
    zh: String,
    en: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum MailTls {
    Starttls,
    Tls,
    None,
}

/// A channel with what its owner decided about it.
#[derive(Clone, Debug)]
pub struct Configured {
    /// Its name in the file, in choices and in counts.
    pub id: String,
    /// What people read.
    pub title: Words,
    /// Its kind.
    pub kind: Kind,
    /// What happens after a crash in the middle.
    pub guarantee: Guarantee,
    /// Messages a minute at most.
    pub per_minute: u32,
    /// The way out.
    pub channel: Arc<dyn Channel>,
}

impl Configured {
    /// Whether the telephone on file is an address of it.
    pub fn takes_phone(&self) -> bool {
        self.kind == Kind::Sms
    }
}

/// The channels of a city, in the order of the file.
#[derive(Clone)]
pub struct Messages {
    /// Where a message leads to: the address of this server as people reach it.
    pub link: String,
    /// What the gateway shows when it hands in a reply; without it none are taken.
    pub inbound_token: Option<String>,
    channels: Vec<Configured>,
}

impl std::fmt::Debug for Messages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Messages")
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

/// What is wrong with the file; no secret is among the words.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.en)]
pub struct ConfigError(pub Words);

impl Messages {
    /// Reads the file's text and opens every channel. Nothing is sent or asked.
    ///
    /// # Errors
    /// Not readable, a key is missing, unknown or does not fit.
    pub fn parse(text: &str) -> Result<Messages, ConfigError> {
        // The parser's own words would repeat the line, and the line may hold a secret.
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let what = error.message();
            wrong(format!("第{line}行：{what}"), format!("line {line}: {what}"))
        })?;
        Messages::open(file)
    }

    fn open(file: File) -> Result<Messages, ConfigError> {
        if file
            .inbound_token
            .as_ref()
            .is_some_and(|token| token.chars().count() < TOKEN_CHARS)
        {
            return Err(wrong(
                format!("inbound_token 至少{TOKEN_CHARS}个字符"),
                format!("inbound_token needs at least {TOKEN_CHARS} characters"),
            ));
        }
        secure(&file.link, "link")?;
        let mut channels: Vec<Configured> = Vec::new();
        for row in file.channel {
            let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if row.id.is_empty() || row.id == "none" || row.id.len() > 32 || !row.id.chars().all(ok) {
                return Err(wrong(
                    format!("渠道编号“{}”只能用小写字母、数字、连字符，且不能是 none", row.id),
                    format!(
                        "the id “{}” of a channel: small letters, digits, hyphens, and not none",
                        row.id
                    ),
                ));
            }
            if channels.iter().any(|known| known.id == row.id) {
                return Err(wrong(
                    format!("渠道编号“{}”重复", row.id),
                    format!("two channels are called “{}”", row.id),
                ));
            }
            channels.push(row.open()?);
        }
        Ok(Messages {
            link: file.link.trim_end_matches('/').to_owned(),
            inbound_token: file.inbound_token,
            channels,
        })
    }

    /// Every channel.
    pub fn channels(&self) -> &[Configured] {
        &self.channels
    }

    /// A channel by its id.
    pub fn channel(&self, id: &str) -> Option<&Configured> {
        self.channels.iter().find(|channel| channel.id == id)
    }
}

impl Row {
    fn open(self) -> Result<Configured, ConfigError> {
        let channel: Arc<dyn Channel> = match self.kind {
            Kind::WeCom => Arc::new(self.robot(Brand::WeCom)?),
            Kind::DingTalk => Arc::new(self.robot(Brand::DingTalk)?),
            Kind::Feishu => Arc::new(self.robot(Brand::Feishu)?),
            Kind::Sms => Arc::new(self.gateway()?),
            Kind::Smtp => Arc::new(self.mail_server()?),
        };
        // What the brands' robots take; a gateway or mail server is asked what its contract says.
        let per_minute = match self.kind {
            Kind::WeCom | Kind::DingTalk => 20,
            Kind::Feishu => 100,
            Kind::Sms | Kind::Smtp => 600,
        };
        let title = self.title.clone().map(|title| Words::new(title.zh, title.en));
        Ok(Configured {
            title: title.unwrap_or_else(|| title_of(self.kind)),
            id: self.id,
            kind: self.kind,
            guarantee: self.guarantee,
            per_minute: self.per_minute.unwrap_or(per_minute).clamp(1, 60_000),
            channel,
        })
    }

    fn needed<'r>(&self, value: Option<&'r String>, key: &str) -> Result<&'r str, ConfigError> {
        value
            .map(String::as_str)
            .filter(|value| !value.trim().is_empty())
            .ok_or_else(|| {
                wrong(
                    format!("渠道“{}”缺少 {key}", self.id),
                    format!("the channel “{}” lacks {key}", self.id),
                )
            })
    }

    fn ca(&self) -> Result<Option<Vec<u8>>, ConfigError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| {
                let path = path.display();
                wrong(format!("{path}：{error}"), format!("{path}: {error}"))
            })
        };
        self.ca.as_ref().map(read).transpose()
    }

    fn agent(&self) -> Result<ureq::Agent, ConfigError> {
        let bad = |_| {
            wrong(
                format!("渠道“{}”的 ca 不是 PEM 证书", self.id),
                format!("ca of “{}” is no certificate in PEM", self.id),
            )
        };
        let roots = self
            .ca()?
            .map(|pem| ureq::tls::Certificate::from_pem(&pem).map_err(bad))
            .transpose()?;
        Ok(http::agent(roots.into_iter().collect()))
    }

    fn robot(&self, brand: Brand) -> Result<Robot, ConfigError> {
        let url = self.needed(self.url.as_ref(), "url")?.to_owned();
        secure(&url, "url")?;
        Ok(Robot {
            brand,
            url,
            secret: self.secret.clone(),
            agent: self.agent()?,
        })
    }

    fn gateway(&self) -> Result<TextGateway, ConfigError> {
        let url = self.needed(self.url.as_ref(), "url")?.to_owned();
        secure(&url, "url")?;
        let body = self.needed(self.body.as_ref(), "body")?.to_owned();
        if let Some(place) = ["{to}", "{text}"].iter().find(|place| !body.contains(**place)) {
            return Err(wrong(
                format!("渠道“{}”的 body 中没有 {place}", self.id),
                format!("body of “{}” holds no {place}", self.id),
            ));
        }
        let or = |value: &Option<String>, default: &str| value.clone().unwrap_or_else(|| default.to_owned());
        Ok(TextGateway {
            url,
            headers: self.headers.clone().into_iter().collect(),
            body,
            content_type: or(&self.content_type, "application/json; charset=utf-8"),
            dedupe_header: or(&self.dedupe_header, "idempotency-key"),
            agent: self.agent()?,
        })
    }

    fn mail_server(&self) -> Result<MailServer, ConfigError> {
        let host = self.needed(self.host.as_ref(), "host")?;
        let from = self.needed(self.from.as_ref(), "from")?;
        let bad = |key: &str| {
            wrong(
                format!("渠道“{}”的 {key} 不对", self.id),
                format!("{key} of “{}” is not right", self.id),
            )
        };
        let mut parameters = TlsParameters::builder(host.to_owned());
        if let Some(pem) = self.ca()? {
            let root = lettre::transport::smtp::client::Certificate::from_pem(&pem).map_err(|_| bad("ca"))?;
            parameters = parameters.add_root_certificate(root);
        }
        let parameters = parameters.build_rustls().map_err(|_| bad("host"))?;
        let (tls, port) = match self.tls.unwrap_or(MailTls::Starttls) {
            MailTls::Starttls => (Tls::Required(parameters), 587),
            MailTls::Tls => (Tls::Wrapper(parameters), 465),
            MailTls::None if is_this_machine(host) => (Tls::None, 25),
            MailTls::None => return Err(unsealed("tls")),
        };
        let mut builder = SmtpTransport::builder_dangerous(host)
            .port(self.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(MAIL_TIMEOUT));
        if let Some(user) = &self.user {
            let password = self.needed(self.password.as_ref(), "password")?;
            builder = builder.credentials(Credentials::new(user.clone(), password.to_owned()));
        }
        Ok(MailServer {
            transport: builder.build(),
            from: from.parse().map_err(|_| bad("from"))?,
        })
    }
}

fn title_of(kind: Kind) -> Words {
    match kind {
        Kind::Sms => Words::new("短信", "Text message"),
        Kind::WeCom => Words::new("企业微信群", "WeCom group"),
        Kind::DingTalk => Words::new("钉钉群", "DingTalk group"),
        Kind::Feishu => Words::new("飞书群", "Feishu group"),
        Kind::Smtp => Words::new("电子邮件", "E-mail"),
    }
}

/// Numbers and secrets travel sealed, except inside of this machine.
fn secure(url: &str, key: &str) -> Result<(), ConfigError> {
    if url.starts_with("https://") {
        return Ok(());
    }
    let host = url.strip_prefix("http://").unwrap_or_default();
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    if is_this_machine(host) {
        Ok(())
    } else {
        Err(unsealed(key))
    }
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "::1")
}

fn unsealed(key: &str) -> ConfigError {
    wrong(
        format!("{key}：不加密的连接只允许到本机，请用 https 或 TLS"),
        format!("{key}: only this machine may be reached without TLS; use https or TLS"),
    )
}

fn wrong(zh: String, en: String) -> ConfigError {
    ConfigError(Words::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(channel: &str) -> String {
        let text = format!("link = \"https://city.example\"\n{channel}");
        match Messages::parse(&text) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_missing_or_unsafe_is_said_without_the_secret() {
        let robot = |rest: &str| problem(&format!("[[channel]]\nid = \"r\"\nkind = \"wecom\"\n{rest}"));
        assert_eq!(robot("url = \"https://r.example/?key=k\""), "");
        assert!(robot("").contains("lacks url"));
        assert!(robot("url = \"http://r.example\"").contains("without TLS"));
        assert_eq!(robot("url = \"http://127.0.0.1:9/x\""), "");
        let unknown = robot("sekret = \"s3cr3t\"");
        assert!(
            unknown.contains("unknown field") && !unknown.contains("s3cr3t"),
            "{unknown}"
        );
        assert!(problem("inbound_token = \"short\"").contains("24"));
        let sms = "[[channel]]\nid = \"sms\"\nkind = \"sms\"\nurl = \"https://g.example\"\nbody = \"{to}\"";
        assert!(problem(sms).contains("{text}"));
        assert!(problem("[[channel]]\nid = \"m\"\nkind = \"smtp\"\nhost = \"mail.example\"\nfrom = \"a@b.example\"\ntls = \"none\"")
            .contains("without TLS"));
        assert!(problem("[[channel]]\nid = \"none\"\nkind = \"wecom\"\nurl = \"https://r.example\"").contains("none"));
    }

    #[test]
    fn nothing_that_is_printed_holds_a_secret() {
        let text = "link = \"https://city.example\"\ninbound_token = \"0123456789abcdef01234567\"\n[[channel]]\nid = \"d\"\nkind = \"dingtalk\"\nurl = \"https://r.example/?access_token=hidden\"\nsecret = \"SEChidden\"";
        let shown = format!("{:?}", Messages::parse(text).unwrap());
        assert!(
            !shown.contains("hidden") && !shown.contains("0123456789abcdef"),
            "{shown}"
        );
    }
}
