//! Who sends a request, and with what credentials.

use crate::answer::Answer;
use crate::launch::Login;
use std::collections::BTreeMap;

/// Names that stand for a device of somebody without an account.
const DEVICES: [&str; 2] = ["resident", "stranger"];

/// The actors of one scenario.
#[derive(Debug, Default)]
pub(crate) struct Actors {
    /// Token by name: the scenario's accounts, then the built-in ones by login and by role.
    tokens: BTreeMap<String, String>,
    /// Secret by device; it is given once, with the first declaration.
    secrets: BTreeMap<String, String>,
}

impl Actors {
    /// With the accounts the server came with.
    pub(crate) fn with_logins(logins: &[Login]) -> Self {
        let mut actors = Self::default();
        for login in logins {
            for name in [&login.role, &login.login] {
                actors.tokens.entry(name.clone()).or_insert_with(|| login.token.clone());
            }
        }
        // The built-in account of the scenarios is called `admin` whatever its role is called.
        if let Some(login) = logins.iter().find(|login| login.login == "admin") {
            actors.tokens.insert("admin".to_owned(), login.token.clone());
        }
        actors
    }

    /// An account made by the scenario; it hides a built-in one of the same name.
    pub(crate) fn add(&mut self, name: &str, token: &str) {
        self.tokens.insert(name.to_owned(), token.to_owned());
    }

    /// The value of the `Authorization` header, if any.
    ///
    /// # Errors
    /// Nobody has this name.
    pub(crate) fn authorization(&self, name: &str) -> Result<Option<String>, String> {
        if name == "public" {
            return Ok(None);
        }
        if is_device(name) {
            return Ok(self.secrets.get(name).map(|secret| format!("Device {secret}")));
        }
        match self.tokens.get(name) {
            Some(token) => Ok(Some(format!("Bearer {token}"))),
            None => {
                let known: Vec<&str> = self.tokens.keys().map(String::as_str).collect();
                Err(format!(
                    "nobody is called `{name}`; known: {}, public, resident…, stranger…",
                    known.join(", ")
                ))
            }
        }
    }

    /// Keeps a device's secret when an answer holds one.
    pub(crate) fn learn(&mut self, name: &str, answer: &Answer) {
        let secret = answer.body.get("device_secret").and_then(|secret| secret.as_str());
        if let Some(secret) = secret.filter(|_| is_device(name)) {
            self.secrets.insert(name.to_owned(), secret.to_owned());
        }
    }
}

fn is_device(name: &str) -> bool {
    DEVICES.iter().any(|device| name.starts_with(device))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn actors() -> Actors {
        let login = |role: &str, login: &str| Login {
            role: role.to_owned(),
            login: login.to_owned(),
            password: "p".to_owned(),
            token: format!("t-{login}"),
        };
        Actors::with_logins(&[login("system-admin", "admin"), login("auditor", "audit1")])
    }

    #[test]
    fn accounts_are_known_by_login_and_by_role_and_the_scenarios_own_come_first() {
        let mut actors = actors();
        assert_eq!(actors.authorization("admin").unwrap().unwrap(), "Bearer t-admin");
        assert_eq!(actors.authorization("auditor").unwrap().unwrap(), "Bearer t-audit1");
        actors.add("auditor", "mine");
        assert_eq!(actors.authorization("auditor").unwrap().unwrap(), "Bearer mine");
        assert_eq!(actors.authorization("public").unwrap(), None);
        assert!(actors.authorization("nobody").unwrap_err().contains("audit1"));
    }

    #[test]
    fn a_device_has_a_secret_after_its_first_declaration() {
        let mut actors = actors();
        assert_eq!(actors.authorization("resident-1").unwrap(), None);
        let answer = Answer {
            status: 200,
            body: json!({"device_secret": "s1"}),
        };
        actors.learn("resident-1", &answer);
        actors.learn("admin", &answer);
        assert_eq!(actors.authorization("resident-1").unwrap().unwrap(), "Device s1");
        assert_eq!(actors.authorization("admin").unwrap().unwrap(), "Bearer t-admin");
        assert_eq!(actors.authorization("resident-2").unwrap(), None);
    }
}
