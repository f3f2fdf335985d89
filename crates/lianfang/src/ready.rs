//! What a started server prints: one JSON object for programs, a table for people.

use crate::posts::Account;
use crate::say;
use lianfang_kernel::Lang;
use serde_json::json;
use std::collections::BTreeSet;

/// A server that listens.
pub struct Ready<'a> {
    /// Its address.
    pub url: String,
    /// Synthetic people.
    pub demonstration: bool,
    /// Its clock may be moved.
    pub test_clock: bool,
    /// Its city.
    pub city: String,
    /// Accounts that may be shown.
    pub accounts: &'a [Account],
}

impl Ready<'_> {
    /// Prints it.
    pub fn print(&self, as_json: bool) {
        if as_json {
            return say::json(&self.to_json());
        }
        let lang = say::lang();
        say::out(format!(
            "{} {}",
            say::pick("联防已启动：", "Lianfang is running:"),
            self.url
        ));
        if self.demonstration {
            say::out(say::pick(
                "演示：人员、病例均为虚构；2020年每日病例数为真实发布数据",
                "Demonstration: people and cases are made up; the daily counts of 2020 are real",
            ));
        }
        if self.test_clock {
            say::out(say::pick(
                "测试时钟：时间由接口拨动",
                "Test clock: time moves when told",
            ));
        }
        if self.accounts.is_empty() {
            return;
        }
        say::out("");
        let heads = [
            say::pick("岗位", "Role"),
            say::pick("账号", "Login"),
            say::pick("口令", "Password"),
            say::pick("单位", "Organisation"),
        ];
        let mut rows = vec![heads];
        let shown = one_each(self.accounts);
        let others = self.accounts.len() - shown.len();
        rows.extend(shown.into_iter().map(|account| {
            [
                account.role.clone(),
                account.login.clone(),
                account.password.clone(),
                account.org_name.get(lang).to_owned(),
            ]
        }));
        for line in table(&rows) {
            say::out(line);
        }
        if others > 0 {
            say::out(say::pick(
                &format!("\n每个岗位列一个账号；其余{others}个用 --json 显示，或以系统管理员登录在“设置”中查看。"),
                &format!(
                    "\nOne account a role; the other {others} are shown with --json, or under Settings to the system administrator."
                ),
            ));
        }
        if lang == Lang::Zh {
            say::out("\n接口令牌用 --json 显示。按 Ctrl+C 停止。");
        } else {
            say::out("\nInterface tokens are shown with --json. Ctrl+C stops.");
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let login = |account: &Account| {
            json!({
                "role": account.role, "login": account.login, "password": account.password,
                "token": account.token, "org": account.org, "org_name": account.org_name,
            })
        };
        json!({
            "url": self.url,
            "demonstration": self.demonstration,
            "test_clock": self.test_clock,
            "city": self.city,
            "logins": self.accounts.iter().map(login).collect::<Vec<_>>(),
        })
    }
}

/// The first account of each role.
fn one_each(accounts: &[Account]) -> Vec<&Account> {
    let mut roles = BTreeSet::new();
    accounts.iter().filter(|account| roles.insert(&account.role)).collect()
}

/// Rows with their columns under each other; Chinese characters are two wide.
fn table<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(wide(cell));
        }
    }
    let line = |row: &[String; N]| {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - wide(cell))));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn wide(text: &str) -> usize {
    text.chars().map(|c| if c > '\u{2e7f}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [["岗位".to_owned(), "x".to_owned()], ["ab".to_owned(), "y".to_owned()]];
        assert_eq!(table(&rows), ["岗位  x", "ab    y"]);
    }
}
