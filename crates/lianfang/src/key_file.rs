//! The master key in its file: 64 hexadecimal digits, readable for its owner only.

use crate::failure::{Failure, Outcome};
use lianfang_kernel::Words;
use lianfang_ledger::MasterKey;
use std::io::Write;
use std::path::Path;

/// Reads the key.
///
/// # Errors
/// No such file, not a key, or others may read it.
pub fn read(path: &Path) -> Outcome<MasterKey> {
    if !path.exists() {
        return Err(Failure::new(
            Words::new(
                format!("找不到主密钥文件 {}", path.display()),
                format!("the master key file {} is missing", path.display()),
            ),
            Words::new(
                "没有建库时的主密钥，个人信息无法打开；请用 --key 指定它，或取出离线保管的副本",
                "without the key the database was made with, personal data stays sealed: name it with --key or fetch the copy kept offline",
            ),
        ));
    }
    refuse_readable(path)?;
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Ok(MasterKey::from_hex(&text)?)
}

/// Makes a key and its file.
///
/// # Errors
/// The file exists or cannot be written.
pub fn create(path: &Path) -> Outcome<MasterKey> {
    let key = MasterKey::generate()?;
    write_private(path, format!("{}\n", key.to_hex()).as_bytes())?;
    Ok(key)
}

/// Writes a new file that only its owner may read.
///
/// # Errors
/// It exists already or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Outcome {
    let mut opening = std::fs::OpenOptions::new();
    opening.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut opening, 0o600);
    let mut file = opening.open(path).map_err(|error| Failure::file(path, error))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| Failure::file(path, error))
}

/// A secret that others may read is no secret.
///
/// # Errors
/// The file's rights are too wide.
#[cfg(unix)]
pub fn refuse_readable(path: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)
        .map_err(|error| Failure::file(path, error))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Words::new(
            format!(
                "密钥文件 {} 可被其他账户读取（权限 {:o}）",
                path.display(),
                mode & 0o777
            ),
            format!(
                "the key file {} can be read by other accounts (mode {:o})",
                path.display(),
                mode & 0o777
            ),
        ),
        Words::new(
            format!("请执行：chmod 600 {}", path.display()),
            format!("run: chmod 600 {}", path.display()),
        ),
    ))
}

/// Rights of files are not kept by this system.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn refuse_readable(_path: &Path) -> Outcome {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = create(&path).unwrap();
        assert_eq!(read(&path).unwrap().to_hex(), made.to_hex());
        assert!(create(&path).is_err(), "a key is never written over");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let failure = read(&path).unwrap_err();
        assert!(failure.what().en.contains("640"), "{}", failure.what().en);
    }
}
