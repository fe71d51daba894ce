//! What the tests of the command share.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part, and a test may panic"
)]

#[path = "../../../ept-reader/tests/support/server.rs"]
pub mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

pub fn fixture(name: &str) -> String {
    testdata().join(name).to_str().unwrap().to_owned()
}

pub fn truth(name: &str) -> Value {
    let text = std::fs::read(testdata().join(name).join("truth.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The folder of samples: `$EPT_SAMPLES` or beside the project; `None` if there is none.
pub fn samples() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = std::env::var_os("EPT_SAMPLES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("no samples at {}: skipped", folder.display());
    None
}

/// A sample with one fault, by its place among them; `None` without samples.
pub fn fault(name: &str) -> Option<String> {
    let folder = samples()?.join("faults").join(name);
    Some(folder.to_str().unwrap().to_owned())
}

/// Runs `ept` with these arguments.
pub fn ept<S: AsRef<str>>(args: &[S]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ept"));
    command
        .args(args.iter().map(AsRef::as_ref))
        .env_remove("EPT_CACHE");
    Run(command.output().unwrap())
}

/// Runs `ept` with these arguments and no variables of the environment but these.
pub fn ept_within<S: AsRef<str>>(variables: &[(&str, &str)], args: &[S]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ept"));
    command
        .args(args.iter().map(AsRef::as_ref))
        .env_clear()
        .envs(variables.iter().copied());
    Run(command.output().unwrap())
}

/// What a run of the command came to.
#[derive(Debug)]
pub struct Run(Output);

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run(output)
    }
}

impl Run {
    pub fn of(command: &mut Command) -> Run {
        Run(command.output().unwrap())
    }

    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// The same run, if it ended with that exit code.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Run {
        assert_eq!(self.code(), code, "{}", self.stderr());
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0.stdout).unwrap()
    }
}

/// A copy of a fixture that a test may damage.
pub fn copy(name: &str) -> tempfile::TempDir {
    fn copy_folder(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in from.read_dir().unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            match entry.file_type().unwrap().is_dir() {
                true => copy_folder(&entry.path(), &to),
                false => drop(std::fs::copy(entry.path(), to).unwrap()),
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&testdata().join(name), folder.path());
    folder
}
