//! `message test` and `doctor` against a double of a gateway.
#![cfg(test)]
#![cfg(unix)]

use lianfang_testkit::doubles::HttpDouble;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn lianfang(args: &[&str], channels: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianfang"));
    command
        .args(args)
        .env_clear()
        .env("LANG", "en_GB.UTF-8")
        .env("LIANFANG_LOG", "off")
        .env("LIANFANG_MESSAGES", channels);
    command.output().expect("the program starts")
}

fn channels(folder: &Path, url: &str, mode: u32) -> PathBuf {
    let path = folder.join("messages.toml");
    let text = format!(
        "link = \"https://city.example\"\n[[channel]]\nid = \"sms\"\nkind = \"sms\"\nurl = \"{url}\"\nheaders = {{ authorization = \"Bearer hidden\" }}\nbody = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\"}}'\n"
    );
    std::fs::write(&path, text).expect("the folder can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("the file is ours");
    path
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn a_channel_is_tried_with_one_message_and_asked_without_any() {
    let folder = tempfile::tempdir().unwrap();
    let double = HttpDouble::start();
    let file = channels(folder.path(), &double.url(), 0o600);
    let sent = lianfang(&["message", "test", "sms", "13800138000"], &file);
    assert_eq!(sent.status.code(), Some(0), "{}", said(&sent));
    assert!(double.requests()[0].body.contains("13800138000"));
    let doctor = lianfang(&["doctor"], &file);
    assert!(said(&doctor).contains("✓ channel sms"), "{}", said(&doctor));
    assert_eq!(double.requests().len(), 1, "asked, not sent");
    for (args, code, word) in [
        (&["message", "test", "post", "13800138000"][..], 2, "there are: sms"),
        (&["message", "test", "sms"][..], 2, "mobile number"),
        (&["message", "test", "sms", "li@unit.example"][..], 2, "mobile number"),
    ] {
        let refused = lianfang(args, &file);
        assert_eq!(refused.status.code(), Some(code), "{args:?}");
        assert!(said(&refused).contains(word), "{args:?}: {}", said(&refused));
    }
    drop(double);
    let doctor = lianfang(&["doctor"], &file);
    assert!(
        said(&doctor).contains("✗ channel sms") && !said(&doctor).contains("hidden"),
        "{}",
        said(&doctor)
    );
}

#[test]
fn a_file_of_secrets_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = channels(folder.path(), "https://gateway.example", 0o644);
    let refused = lianfang(&["message", "test", "sms", "13800138000"], &file);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("644"), "{}", said(&refused));
}
