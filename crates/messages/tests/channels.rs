//! Channels against doubles that speak the protocol.
#![cfg(test)]

use lianfang_kernel::Instant;
use lianfang_messages::config::Messages;
use lianfang_messages::{Outgoing, SendError};
use lianfang_testkit::doubles::{Answer, HttpDouble, MailAnswer, MailTls, SmtpDouble};
use uuid::Uuid;

const NOW: Instant = Instant(1_642_636_800_000);

fn open(channel: &str) -> Messages {
    Messages::parse(&format!(
        "link = \"https://city.example\"\n[[channel]]\nid = \"c\"\n{channel}"
    ))
    .unwrap()
}

fn message(to: Option<&str>) -> Outgoing {
    Outgoing {
        id: Uuid::from_u128(0x017e_7500_0000_7000_8000_0000_0000_0001),
        to: to.map(str::to_owned),
        subject: "今日任务".to_owned(),
        text: "您今天有2项待登记。".to_owned(),
    }
}

fn send(messages: &Messages, to: Option<&str>) -> Result<(), SendError> {
    messages.channel("c").unwrap().channel.send(&message(to), NOW)
}

fn sms(double: &HttpDouble) -> Messages {
    let url = double.url();
    open(&format!(
        "kind = \"sms\"\nurl = \"{url}/send\"\nbody = '{{\"mobile\":\"{{to}}\",\"content\":\"{{text}}\"}}'\nheaders = {{ authorization = \"Bearer k\" }}"
    ))
}

#[test]
fn the_gateway_gets_number_words_and_the_id_that_tells_a_second_attempt() {
    let double = HttpDouble::start();
    let messages = sms(&double);
    send(&messages, Some("13800138000")).unwrap();
    send(&messages, Some("13800138000")).unwrap();
    let requests = double.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        requests[0].body,
        r#"{"mobile":"13800138000","content":"您今天有2项待登记。"}"#
    );
    assert_eq!(requests[0].headers["authorization"], "Bearer k");
    assert_eq!(requests[0].headers["idempotency-key"], message(None).id.to_string());
    assert_eq!(double.distinct("idempotency-key"), 1);
}

#[test]
fn what_became_of_an_attempt_is_told_apart() {
    let double = HttpDouble::start();
    let messages = sms(&double);
    let answers = [
        Answer::Status(429, ""),
        Answer::Status(503, ""),
        Answer::Status(400, ""),
        Answer::Status(302, ""),
        Answer::TakeAndBreak,
    ];
    double.script(answers);
    let told = || send(&messages, Some("13800138000")).unwrap_err();
    assert!(matches!(told(), SendError::NotSent(_)));
    assert!(matches!(told(), SendError::Unknown(_)));
    assert!(matches!(told(), SendError::Refused(_)));
    assert!(matches!(told(), SendError::Refused(_)), "nothing follows a redirect");
    assert!(matches!(told(), SendError::Unknown(_)), "taken, but never said so");
    let gone = double.url();
    drop(double);
    let messages = open(&format!("kind = \"sms\"\nurl = \"{gone}\"\nbody = \"{{to}}{{text}}\""));
    assert!(matches!(
        send(&messages, Some("13800138000")),
        Err(SendError::NotSent(_))
    ));
}

#[test]
fn robots_are_asked_in_their_own_words() {
    let double = HttpDouble::start();
    let url = double.url();
    for (kind, shape) in [("wecom", "msgtype"), ("dingtalk", "msgtype"), ("feishu", "msg_type")] {
        let messages = open(&format!(
            "kind = \"{kind}\"\nurl = \"{url}/hook?key=k\"\nsecret = \"s\""
        ));
        send(&messages, None).unwrap();
        let request = double.requests().pop().unwrap();
        assert!(
            request.body.contains(shape) && request.body.contains("您今天有2项待登记"),
            "{kind}"
        );
        assert_eq!(
            request.path.contains("timestamp=1642636800000&sign="),
            kind == "dingtalk"
        );
        assert_eq!(request.body.contains("\"sign\""), kind == "feishu");
        double.script([Answer::Status(200, r#"{"errcode":310000,"code":19021}"#)]);
        assert!(matches!(send(&messages, None), Err(SendError::Refused(_))), "{kind}");
    }
}

#[test]
fn a_mail_carries_its_id_and_a_refusal_is_for_good() {
    let double = SmtpDouble::start();
    let port = double.port();
    let messages = open(&format!(
        "kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nfrom = \"lianfang@city.example\"\ntls = \"none\"\nuser = \"u\"\npassword = \"p\""
    ));
    messages.channel("c").unwrap().channel.probe().unwrap();
    send(&messages, Some("li@unit.example")).unwrap();
    let mail = double.mails().pop().unwrap();
    assert_eq!(
        (mail.from.as_str(), mail.to.as_str()),
        ("lianfang@city.example", "li@unit.example")
    );
    assert!(
        mail.data
            .contains("Message-ID: <017e7500-0000-7000-8000-000000000001@city.example>"),
        "{}",
        mail.data
    );
    double.script([MailAnswer::Code(451), MailAnswer::Code(550), MailAnswer::TakeAndBreak]);
    let told = || send(&messages, Some("li@unit.example")).unwrap_err();
    assert!(matches!(told(), SendError::NotSent(_)));
    assert!(matches!(told(), SendError::Refused(_)));
    assert!(
        matches!(told(), SendError::Unknown(_)),
        "the mail was taken, but nobody said so"
    );
    assert!(matches!(
        send(&messages, Some("no address")),
        Err(SendError::Refused(_))
    ));
}

#[test]
fn a_probe_asks_without_sending() {
    let double = HttpDouble::start();
    let messages = sms(&double);
    messages.channel("c").unwrap().channel.probe().unwrap();
    assert!(double.requests().is_empty());
    drop(double);
    assert!(messages.channel("c").unwrap().channel.probe().is_err());
}

/// A channel to a double that speaks TLS, which believes this certificate.
fn mail_over_tls(double: &SmtpDouble, tls: &str, believed: &str) -> (Messages, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), believed).unwrap();
    let (port, ca) = (double.port(), file.path().display());
    let messages = open(&format!(
        "kind = \"smtp\"\nhost = \"localhost\"\nport = {port}\nfrom = \"lianfang@city.example\"\ntls = \"{tls}\"\nuser = \"u\"\npassword = \"p\"\nca = \"{ca}\""
    ));
    (messages, file)
}

#[test]
fn a_mail_goes_out_under_tls_by_either_way_to_it() {
    for (way, tls) in [(MailTls::Starttls, "starttls"), (MailTls::Implicit, "tls")] {
        let double = SmtpDouble::start_tls(way, "localhost");
        let (messages, _file) = mail_over_tls(&double, tls, double.certificate());
        messages.channel("c").unwrap().channel.probe().unwrap();
        send(&messages, Some("li@unit.example")).unwrap();
        let mail = double.mails().pop().unwrap();
        assert_eq!(mail.to, "li@unit.example", "{tls}");
    }
}

#[test]
fn a_certificate_that_is_not_believed_gets_nothing_and_is_named() {
    for (way, tls) in [(MailTls::Starttls, "starttls"), (MailTls::Implicit, "tls")] {
        let other = SmtpDouble::start_tls(way, "localhost");
        let elsewhere = SmtpDouble::start_tls(way, "elsewhere.example");
        for (double, believed) in [(&other, elsewhere.certificate()), (&elsewhere, elsewhere.certificate())] {
            let (messages, _file) = mail_over_tls(double, tls, believed);
            let refused = SendError::NotSent("certificate".to_owned());
            assert_eq!(send(&messages, Some("li@unit.example")), Err(refused.clone()), "{tls}");
            assert_eq!(messages.channel("c").unwrap().channel.probe(), Err(refused), "{tls}");
            assert!(double.mails().is_empty());
        }
    }
}

#[test]
fn no_mail_goes_out_unsealed_where_tls_is_wanted() {
    let plain = SmtpDouble::start();
    let (messages, _file) = mail_over_tls(
        &plain,
        "starttls",
        SmtpDouble::start_tls(MailTls::Starttls, "localhost").certificate(),
    );
    assert!(send(&messages, Some("li@unit.example")).is_err());
    assert!(plain.mails().is_empty());
}
