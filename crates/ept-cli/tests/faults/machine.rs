//! Runs that the system ends, or gives little.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::server::{Fault, Server, file};
use crate::support::{ept, fixture, testdata};

/// A server whose tiles never come.
fn silent() -> Server {
    Server::start(|request| match request.path.contains("ept-data") {
        true => file(&testdata(), request).with_fault(10, Fault::Hold),
        false => file(&testdata(), request),
    })
}

/// A run that waits for a tile, by a command that starts it.
fn waiting(mut command: Command, server: &Server, out: &Path) -> Child {
    let before = server.requests().len();
    let child = command
        .args(["query", &server.url("/terrain"), "-o"])
        .arg(out)
        .env_remove("EPT_CACHE")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let is_tile = |request: &crate::support::server::Request| request.path.contains("ept-data");
    while !server.requests()[before..].iter().any(is_tile) {
        std::thread::yield_now();
    }
    child
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

fn ept_command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ept"))
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap();
    let mut names: Vec<PathBuf> = entries.map(|e| e.unwrap().file_name().into()).collect();
    names.sort();
    names
}

#[test]
fn a_terminal_that_closes_leaves_no_file() {
    let (server, folder) = (silent(), tempfile::tempdir().unwrap());
    let out = folder.path().join("out.laz");
    let mut child = waiting(ept_command(), &server, &out);
    signal(&child, "HUP");
    assert_eq!(child.wait().unwrap().code(), Some(129));
    assert_eq!(names(folder.path()), Vec::<PathBuf>::new());
}

#[cfg(target_os = "linux")]
#[test]
fn what_nohup_started_goes_on_when_the_terminal_closes() {
    let (server, folder) = (silent(), tempfile::tempdir().unwrap());
    let out = folder.path().join("out.laz");
    let mut command = Command::new("sh");
    let ignoring = "trap '' HUP; exec \"$0\" \"$@\"";
    command.args(["-c", ignoring, env!("CARGO_BIN_EXE_ept")]);
    let mut child = waiting(command, &server, &out);
    signal(&child, "HUP");
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143), "not 129");
}

#[test]
fn a_run_removes_what_a_killed_one_left_but_nothing_of_one_that_goes_on() {
    let (server, folder) = (silent(), tempfile::tempdir().unwrap());
    let out = folder.path().join("out.laz");
    let mut killed = waiting(ept_command(), &server, &out);
    signal(&killed, "KILL");
    killed.wait().unwrap();
    assert_eq!(names(folder.path()).len(), 1, "its unfinished file");
    // Files of other names are not ours to remove.
    let other = folder.path().join(".ept-other.laz-abc123.part");
    std::fs::write(&other, "").unwrap();

    let query = [
        "query",
        "-q",
        &fixture("terrain"),
        "-o",
        out.to_str().unwrap(),
    ];
    ept(&query).ends_with(0);
    let left = vec![
        PathBuf::from(".ept-other.laz-abc123.part"),
        "out.laz".into(),
    ];
    assert_eq!(names(folder.path()), left);

    let mut running = waiting(ept_command(), &server, &out);
    ept(&query).ends_with(0);
    assert_eq!(
        names(folder.path()).len(),
        3,
        "that of the other run is there"
    );
    signal(&running, "TERM");
    running.wait().unwrap();
    assert_eq!(names(folder.path()), left);
}

/// As the user of that number, which has no process of its own.
fn of_another_user(threads: u32, user: u32, binary: &Path, args: &[&str]) -> Option<Command> {
    let mut command = Command::new("setpriv");
    let user = user.to_string();
    command
        .args(["--reuid", &user, "--regid", &user, "--clear-groups"])
        .args(["prlimit", &format!("--nproc={threads}")])
        .arg(binary);
    // Only root may become somebody else.
    let works = Command::new("setpriv")
        .args(["--reuid", &user, "prlimit", "--nproc=50", "true"])
        .status();
    command.args(args).env_remove("EPT_CACHE");
    works
        .is_ok_and(|status| status.success())
        .then_some(command)
}

#[cfg(target_os = "linux")]
#[test]
fn a_few_threads_are_enough_and_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("ept");
    std::fs::copy(env!("CARGO_BIN_EXE_ept"), &binary).unwrap();
    for path in [folder.path(), &binary] {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let server = Server::files(testdata());
    let dataset = server.url("/terrain");
    let args = ["query", "-q", &dataset, "--depth", "1"];
    let expected = ept(&args).ends_with(0).stdout();
    for threads in 1..=4 {
        let Some(mut command) = of_another_user(threads, 54_321 + threads, &binary, &args) else {
            println!("not root, or no setpriv and prlimit: skipped");
            return;
        };
        let output = command.output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!error.contains("panicked"), "{error}");
        if threads == 1 {
            // The limit counts the first thread too.
            assert_eq!(output.status.code(), Some(1), "{error}");
            assert!(error.contains("the system allows no thread"), "{error}");
        } else {
            assert_eq!(output.status.code(), Some(0), "{error}");
            assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        }
    }
}
