//! Every case of the reference runs, within its tolerance.
//!
//! The runs are kept beside the project, in a folder that `LIANFANG_REFERENCE` names or in `../shared/reference`: their data
//! carry another licence and are not part of it. Cases of our own in `tests/reference` are always there.

use lianfang_epi::Result;
use lianfang_epi::cases::{Folder, run};
use lianfang_kernel::{Problem, Words};
use std::path::{Path, PathBuf};

struct Disk(PathBuf);

impl Folder for Disk {
    fn read(&self, path: &str) -> Result<Option<String>> {
        match std::fs::read_to_string(self.0.join(path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Problem::new("file", Words::same(error.to_string()), Words::same(path))),
        }
    }

    fn list(&self, path: &str) -> Vec<String> {
        let files = std::fs::read_dir(self.0.join(path)).into_iter().flatten().flatten();
        let mut names: Vec<String> = files.filter_map(|file| file.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}

/// Recomputes a folder and tells what is outside of its tolerance.
fn check(folder: &Path) {
    let outcomes = run(&Disk(folder.to_owned())).expect("cases");
    let mut bad = 0;
    for outcome in &outcomes {
        let place = format!("{} {}", outcome.area, outcome.case);
        match (&outcome.problem, &outcome.comparison) {
            (Some(problem), _) => println!("FAILED {place}: {} {:?}", problem.what.en, problem.field),
            (None, Some(c)) if c.is_within => println!("ok {place}: {:.1e} of {} cells", c.worst, c.cells),
            (None, Some(c)) => println!(
                "OUTSIDE {place}: {:.1e} at {} ({:.2} of tolerance)",
                c.worst, c.place, c.share
            ),
            (None, None) => println!("{place}: no reference"),
        }
        bad += usize::from(!outcome.is_good());
    }
    assert_eq!(bad, 0, "{bad} of {} are not within their tolerance", outcomes.len());
    println!("{} sheets agree in {}", outcomes.len(), folder.display());
}

#[test]
fn every_reference_case_is_reproduced() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    let named = std::env::var_os("LIANFANG_REFERENCE").map(PathBuf::from);
    let folder = named.clone().unwrap_or(beside).join("epi");
    if !folder.is_dir() {
        assert!(
            named.is_none(),
            "LIANFANG_REFERENCE holds no folder epi: {}",
            folder.display()
        );
        println!(
            "NOT RUN: no reference runs in {}; set LIANFANG_REFERENCE",
            folder.display()
        );
        return;
    }
    check(&folder);
}

/// Series of our own, simulated by `tests/reference/make.R`, which also says by which calls the results were made.
#[test]
fn own_series_agree_with_the_programs_of_the_field() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/epi"));
}
