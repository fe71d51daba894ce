//! `ept view`: the page's address, and the commands that the page tells.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use support::{ept, fixture};

/// A running `ept view`, which ends with the test.
struct View {
    child: Child,
    url: String,
}

impl Drop for View {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl View {
    fn start(args: &[&str]) -> View {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ept"))
            .args(["view", "--no-open"])
            .args(args)
            .env_remove("EPT_CACHE")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        let mut out = BufReader::new(child.stdout.as_mut().unwrap());
        out.read_line(&mut url).unwrap();
        let view = View {
            url: url.trim().to_owned(),
            child,
        };
        assert!(view.url.starts_with("http://127.0.0.1:"), "{url}");
        view
    }

    /// Status and body of an answer.
    fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let rest = self.url.strip_prefix("http://").unwrap();
        let (host, token) = rest.split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} /{token}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (
            head.split(' ').nth(1).unwrap().parse().unwrap(),
            body.to_owned(),
        )
    }

    fn description(&self) -> Value {
        let (status, body) = self.request("GET", "dataset", "");
        assert_eq!(status, 200);
        serde_json::from_str(&body).unwrap()
    }

    fn command(&self, request: &Value) -> String {
        let (status, body) = self.request("POST", "command", &request.to_string());
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        answer["command"].as_str().unwrap().to_owned()
    }
}

/// Runs a line in a shell in which `ept` is the command, and returns the number of points in the file that it writes.
fn points_of(line: &str) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_ept"));
    let path = std::env::join_paths([
        binary.parent().unwrap(),
        Path::new("/usr/bin"),
        Path::new("/bin"),
    ]);
    let run = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder.path())
        .env("PATH", path.unwrap())
        .env_remove("EPT_CACHE")
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{line}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let file = folder.path().join("points.laz");
    las::Reader::from_path(file)
        .unwrap()
        .header()
        .number_of_points()
}

/// Number of points that `ept query` returns with these flags.
fn queried(args: &[&str]) -> u64 {
    let all = [&["query"], args, &["--dims", "X", "-q"]].concat();
    let text = ept(&all).ends_with(0).stdout();
    text.lines().count() as u64 - 1
}

#[test]
fn the_address_is_all_that_is_printed() {
    let terrain = fixture("terrain");
    let mut view = View::start(&[&terrain, "-q"]);
    let (status, body) = view.request("GET", "", "");
    assert_eq!(status, 200);
    assert!(body.starts_with("<!doctype html>"), "{body}");
    let description = view.description();
    assert_eq!(description["name"], "terrain");
    assert_eq!(description["points"], 25_000);
    assert_eq!(description["color"], "rgb");
    assert_eq!(description["selection"], Value::Null);
    assert_eq!(description["command"], json!(["ept", "query", terrain]));
    view.child.kill().unwrap();
    let mut rest = String::new();
    view.child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "");
    view.child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "");
}

#[test]
fn commands_read_what_is_shown() {
    let terrain = fixture("terrain");
    let view = View::start(&[&terrain]);
    let clip = "500100.5,4650100,500300,4650333.25";
    let polygon = "POLYGON ((500050 4650050, 500400 4650100, 500200.5 4650450, 500050 4650050))";
    let cases = [
        (json!({}), vec![]),
        (
            json!({ "box": [500_100.5, 4_650_100, 500_300, 4_650_333.25] }),
            vec!["--bounds", clip],
        ),
        (
            json!({ "polygon": [[500_050, 4_650_050], [500_400, 4_650_100], [500_200.5, 4_650_450]] }),
            vec!["--polygon", polygon],
        ),
        (
            json!({ "classes": [6, 2, 2] }),
            vec!["--where", "Classification == 2 || Classification == 6"],
        ),
        (
            json!({ "classes": [2] }),
            vec!["--where", "Classification == 2"],
        ),
        (
            json!({ "classes": [] }),
            vec!["--where", "Classification > 255"],
        ),
        (json!({ "resolution": 5.0 }), vec!["--resolution", "5"]),
        (
            json!({ "box": [500_100.5, 4_650_100, 500_300, 4_650_333.25], "classes": [2], "resolution": 4 }),
            vec![
                "--bounds",
                clip,
                "--where",
                "Classification == 2",
                "--resolution",
                "4",
            ],
        ),
    ];
    for (request, flags) in cases {
        let line = view.command(&request);
        let expected = queried(&[&[&*terrain], &flags[..]].concat());
        assert_eq!(points_of(&line), expected, "{line}");
    }
}

#[test]
fn commands_keep_what_the_view_was_told() {
    let terrain = fixture("terrain");
    let own = [
        "--bounds=500050,4650050,500400,4650400",
        "--where",
        "Intensity > 20 || ReturnNumber == 1",
        "--depth",
        "3",
        "--edge",
        "half-open",
    ];
    let view = View::start(&[&[&*terrain], &own[..]].concat());
    let description = view.description();
    assert_eq!(description["maxDepth"], 3);
    assert!(
        description["selection"]
            .as_str()
            .unwrap()
            .contains("Intensity > 20")
    );
    let line = view.command(&json!({}));
    assert_eq!(
        points_of(&line),
        queried(&[&[&*terrain], &own[..]].concat()),
        "{line}"
    );
    // A second box, classes and a resolution that is coarser or finer than the depth.
    let condition = "(Intensity > 20 || ReturnNumber == 1) && Classification in (2, 5) && X >= 500100 && X <= 500300 \
                     && Y >= 4650100 && Y <= 4650300";
    for (resolution, detail) in [(0.1, ["--depth", "3"]), (8.0, ["--resolution", "8"])] {
        let request = json!({
            "box": [500_100, 4_650_100, 500_300, 4_650_300], "classes": [2, 5], "resolution": resolution,
        });
        let line = view.command(&request);
        let args = [
            &terrain,
            own[0],
            "--edge",
            "half-open",
            "--where",
            condition,
            detail[0],
            detail[1],
        ];
        assert_eq!(points_of(&line), queried(&args), "{line}");
    }
}

#[test]
fn a_polygon_within_a_polygon_is_refused() {
    let polygon = "POLYGON ((500050 4650050, 500400 4650100, 500200 4650450, 500050 4650050))";
    let view = View::start(&[&fixture("terrain"), "--polygon", polygon]);
    let (status, body) = view.request(
        "POST",
        "command",
        r#"{"polygon": [[500100, 4650100], [500200, 4650100], [500200, 4650200]]}"#,
    );
    assert_eq!(status, 422);
    assert!(body.contains("draw a box"), "{body}");
}

#[test]
fn files_without_an_octree_are_shown_as_copc() {
    let folder = tempfile::tempdir().unwrap();
    let terrain = fixture("terrain");
    let files =
        ["west.laz", "east.laz"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let halves = [
        "--bounds=500000,4650000,500256,4650512",
        "--bounds=500256,4650000,500512,4650512",
    ];
    for (file, half) in files.iter().zip(halves) {
        ept(&[
            "query",
            &terrain,
            half,
            "--edge",
            "half-open",
            "-o",
            file,
            "-q",
        ])
        .ends_with(0);
    }
    let condition = ["--where", "Classification == 2"];
    let expected = queried(&[&files[0], &files[1], condition[0], condition[1]]);
    let view = View::start(&[&files[0], &files[1], condition[0], condition[1], "-q"]);
    let description = view.description();
    assert_eq!(description["points"], expected);
    assert!(
        description["source"].as_str().unwrap().contains("west.laz"),
        "{description}"
    );
    let line = view.command(&json!({}));
    assert_eq!(points_of(&line), expected, "{line}");
    // A resolution is a matter of depths, which the files don't have.
    let line = view.command(&json!({ "resolution": 4.0 }));
    assert!(line.contains("--thin 4 "), "{line}");
    assert!((1..expected).contains(&points_of(&line)));
}

#[test]
fn faults_are_told_before_anything_is_shown() {
    let terrain = fixture("terrain");
    let refused = |args: &[&str], code: i32, text: &str| {
        let all = [&["view", "--no-open"], args].concat();
        let run = ept(&all).ends_with(code);
        assert!(run.stderr().contains(text), "{}", run.stderr());
        assert_eq!(run.stdout(), "");
    };
    refused(&["/nowhere"], 1, "/nowhere");
    refused(&[&terrain, "--color", "heat"], 2, "rgb, height, intensity");
    refused(&[&terrain, "--listen", "nowhere"], 2, "--listen");
    refused(
        &[&terrain, "--listen", "192.0.2.1:0"],
        1,
        "can't listen on 192.0.2.1:0",
    );
    refused(&[&terrain, "--where", "Nothing == 1"], 1, "Nothing");
}

/// A view of files keeps a copy as long as it runs.
#[cfg(unix)]
#[test]
fn the_temporary_file_goes_with_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder
        .path()
        .join("terrain.laz")
        .to_str()
        .unwrap()
        .to_owned();
    ept(&[
        "query",
        &fixture("terrain"),
        "--depth",
        "1",
        "-o",
        &file,
        "-q",
    ])
    .ends_with(0);
    let temporary = tempfile::tempdir().unwrap();
    let entries = || temporary.path().read_dir().unwrap().count();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ept"));
    let mut child = command
        .args(["view", "--no-open", "-q", &file])
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut url).unwrap();
    assert!(url.starts_with("http://"), "{url}");
    assert_eq!(entries(), 1);
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    // 128 plus the number of the signal.
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(entries(), 0);
}
