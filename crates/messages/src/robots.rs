//! Robots of group chats: WeCom, DingTalk and Feishu take the same request with another body and another signature.

use crate::channel::{Channel, Outgoing, SendError};
use crate::http;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lianfang_kernel::Instant;
use ring::hmac;
use serde_json::{Value, json};

/// Whose robot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brand {
    /// 企业微信
    WeCom,
    /// 钉钉
    DingTalk,
    /// 飞书
    Feishu,
}

/// A robot at its address.
pub(crate) struct Robot {
    pub brand: Brand,
    pub url: String,
    pub secret: Option<String>,
    pub agent: ureq::Agent,
}

impl std::fmt::Debug for Robot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Robot")
            .field("brand", &self.brand)
            .finish_non_exhaustive()
    }
}

impl Channel for Robot {
    fn send(&self, message: &Outgoing, now: Instant) -> Result<(), SendError> {
        let (url, body) = self.request(message, now);
        let headers = [("content-type", "application/json; charset=utf-8")];
        let answer = http::post(&self.agent, &url, &headers, &body.to_string())?;
        judge(self.brand, &answer)
    }

    fn probe(&self) -> Result<(), SendError> {
        http::probe(&self.agent, &self.url)
    }

    fn fits(&self, address: &str) -> bool {
        match self.brand {
            Brand::WeCom | Brand::DingTalk => lianfang_kernel::identity::Phone::parse(address).is_ok(),
            Brand::Feishu => {
                address.starts_with("ou_") && address.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            }
        }
    }

    fn needs_address(&self) -> bool {
        false
    }
}

impl Robot {
    /// Address and body of a request.
    fn request(&self, message: &Outgoing, now: Instant) -> (String, Value) {
        let named: Vec<&str> = message.to.as_deref().into_iter().collect();
        match self.brand {
            Brand::WeCom => {
                let text = json!({ "content": message.text, "mentioned_mobile_list": named });
                (self.url.clone(), json!({ "msgtype": "text", "text": text }))
            }
            Brand::DingTalk => {
                let at = json!({ "atMobiles": named, "isAtAll": false });
                let body = json!({ "msgtype": "text", "text": { "content": message.text }, "at": at });
                (self.signed_address(now), body)
            }
            Brand::Feishu => {
                let at: String = named.iter().map(|id| format!("<at user_id=\"{id}\"></at> ")).collect();
                let mut body = json!({ "msg_type": "text", "content": { "text": format!("{at}{}", message.text) } });
                if let Some(secret) = &self.secret {
                    let seconds = now.0.div_euclid(1000);
                    body["timestamp"] = seconds.to_string().into();
                    body["sign"] = feishu_sign(seconds, secret).into();
                }
                (self.url.clone(), body)
            }
        }
    }

    /// DingTalk signs in the address.
    fn signed_address(&self, now: Instant) -> String {
        let Some(secret) = &self.secret else {
            return self.url.clone();
        };
        let sign = percent(&dingtalk_sign(now.0, secret));
        let joint = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{joint}timestamp={}&sign={sign}", self.url, now.0)
    }
}

/// DingTalk: HMAC-SHA-256 under the secret over milliseconds, a line break and the secret.
fn dingtalk_sign(ms: i64, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, format!("{ms}\n{secret}").as_bytes()))
}

/// Feishu: HMAC-SHA-256 of nothing under seconds, a line break and the secret.
fn feishu_sign(seconds: i64, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, format!("{seconds}\n{secret}").as_bytes());
    STANDARD.encode(hmac::sign(&key, b""))
}

/// Base64 inside of an address.
fn percent(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// Every robot answers 200 and says in a number whether it took the message.
fn judge(brand: Brand, answer: &str) -> Result<(), SendError> {
    let said: Value = serde_json::from_str(answer).unwrap_or_default();
    let code = ["errcode", "code", "StatusCode"]
        .iter()
        .find_map(|name| said.get(*name)?.as_i64());
    // Too many a minute: surely not shown.
    let later: &[i64] = match brand {
        Brand::WeCom => &[45009, 45033, -1],
        Brand::DingTalk => &[130_101, 410_100, -1],
        Brand::Feishu => &[11_232, 9_499],
    };
    match code {
        Some(0) => Ok(()),
        Some(code) if later.contains(&code) => Err(SendError::NotSent(code.to_string())),
        Some(code) => Err(SendError::Refused(code.to_string())),
        None => Err(SendError::Unknown("no code in the answer".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn body(brand: Brand, secret: Option<&str>, to: Option<&str>) -> (String, Value) {
        let robot = Robot {
            brand,
            url: "https://robot.example/send?key=k".to_owned(),
            secret: secret.map(str::to_owned),
            agent: http::agent(Vec::new()),
        };
        let message = Outgoing {
            id: Uuid::from_u128(1),
            to: to.map(str::to_owned),
            subject: String::new(),
            text: "2项".to_owned(),
        };
        robot.request(&message, Instant(1_599_360_473_123))
    }

    #[test]
    fn each_brand_is_spoken_to_as_its_documents_say() {
        let (url, wecom) = body(Brand::WeCom, None, Some("13800138000"));
        assert_eq!(url, "https://robot.example/send?key=k");
        let expected = json!({
            "msgtype": "text", "text": { "content": "2项", "mentioned_mobile_list": ["13800138000"] }
        });
        assert_eq!(wecom, expected);
        let (_, feishu) = body(Brand::Feishu, None, Some("ou_1"));
        assert_eq!(feishu["content"]["text"], "<at user_id=\"ou_1\"></at> 2项");
        let (_, dingtalk) = body(Brand::DingTalk, None, None);
        assert_eq!(dingtalk["at"], json!({ "atMobiles": [], "isAtAll": false }));
    }

    /// Computed with Python's hmac and base64 from the recipes in the vendors' documents.
    #[test]
    fn signatures_are_those_of_the_vendors_recipes() {
        assert_eq!(
            dingtalk_sign(1_599_360_473_123, "SECtest"),
            "irKdoCRlHdl+63ikJkF5vUyRbaBf8QKVRI3eplFGeCk="
        );
        assert_eq!(
            feishu_sign(1_599_360_473, "demo"),
            "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
        );
        let (url, _) = body(Brand::DingTalk, Some("SECtest"), None);
        assert!(url.starts_with("https://robot.example/send?key=k&timestamp=1599360473123&sign="));
        assert!(!url.contains('+') && !url.ends_with('='));
    }

    #[test]
    fn a_robot_that_says_no_is_told_from_one_that_is_busy() {
        let check = |brand, answer: &str| judge(brand, answer);
        assert_eq!(check(Brand::WeCom, r#"{"errcode":0,"errmsg":"ok"}"#), Ok(()));
        assert!(matches!(
            check(Brand::WeCom, r#"{"errcode":45009}"#),
            Err(SendError::NotSent(_))
        ));
        assert!(matches!(
            check(Brand::DingTalk, r#"{"errcode":310000}"#),
            Err(SendError::Refused(_))
        ));
        assert_eq!(check(Brand::Feishu, r#"{"StatusCode":0,"code":0}"#), Ok(()));
        assert!(matches!(check(Brand::Feishu, "<html>"), Err(SendError::Unknown(_))));
    }
}
