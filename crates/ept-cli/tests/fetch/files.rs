//! Files that are there already, and disks.

use std::path::Path;
use std::process::Command;

use super::{answer, json, list, names_in, noise, noise_of};
use crate::support::server::{Response, Server};
use crate::support::{ept, samples};

/// Methods and paths of the requests after the first so many.
fn asked(server: &Server, from: usize) -> Vec<String> {
    let requests = server.requests();
    let mut asked: Vec<String> = requests[from..]
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    asked.sort();
    asked
}

#[test]
fn what_is_whole_costs_a_head_and_what_is_not_is_replaced() {
    let (a, b) = (noise(5_000, 60), noise(6_000, 61));
    let (first, second) = (a.clone(), b.clone());
    let server = Server::start(move |request| match &*request.path {
        "/a.laz" => answer(request, &first),
        "/b.laz" => answer(request, &second),
        _ => Response::new(404, "not here"),
    });
    let folder = tempfile::tempdir().unwrap();
    let index = list(folder.path(), &[server.url("/a.laz"), server.url("/b.laz")]);
    let to = folder.path().join("tiles");
    let report = folder.path().join("report.json");
    let args = [
        "fetch",
        &index,
        "-d",
        to.to_str().unwrap(),
        "--verify",
        "--report",
        report.to_str().unwrap(),
    ];
    let run = ept(&args).ends_with(0);
    assert!(run.stderr().contains("2 files of"), "{}", run.stderr());
    assert_eq!(asked(&server, 0), ["GET /a.laz", "GET /b.laz"]);

    let run = ept(&args).ends_with(0);
    assert!(
        run.stderr().contains("2 files already there"),
        "{}",
        run.stderr()
    );
    assert_eq!(asked(&server, 2), ["HEAD /a.laz", "HEAD /b.laz"]);
    let found = json(&report);
    assert_eq!(found["complete"], true);
    assert_eq!(found["files"][1]["state"], "present");
    assert_eq!(found["files"][1]["points"], 6_000);
    assert_eq!(found["files"][1]["bytes"], b.len());
    assert_eq!(found["files"][1]["path"], "b.laz");

    // Another whole file of that name, and one that is cut off.
    std::fs::write(to.join("a.laz"), &b).unwrap();
    std::fs::write(to.join("b.laz"), &b[..b.len() - 1]).unwrap();
    ept(&args).ends_with(0);
    assert_eq!(
        asked(&server, 4),
        ["GET /a.laz", "GET /b.laz", "HEAD /a.laz"]
    );
    assert!(std::fs::read(to.join("a.laz")).unwrap() == a);
    assert!(std::fs::read(to.join("b.laz")).unwrap() == b);
}

#[test]
fn verify_decodes_points_before_a_file_gets_its_name() {
    // In a chunk of point format 6, the sizes of nine layers follow the first record of 30 bytes and the number of points
    // (LAS 1.4, LASzip's layered compression). They say here that the layers are longer than the chunk.
    let mut file = noise_of(6, 5_000, 62);
    let points_at = u32::from_le_bytes(file[96..100].try_into().unwrap()) as usize;
    let sizes = points_at + 8 + 30 + 4;
    file[sizes..sizes + 36].fill(0x7f);
    let good = file.clone();
    let server = Server::start(move |request| answer(request, &good));
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let args = ["fetch", &server.url("/x.laz"), "-d", to];
    // Header, chunk table and size agree.
    ept(&args).ends_with(0);
    assert_eq!(names_in(folder.path()), ["x.laz"]);
    // What is there is not taken for good either.
    let run = ept(&[&args[..], &["--verify"]].concat()).ends_with(3);
    assert!(run.stderr().contains("damaged"), "{}", run.stderr());
    std::fs::remove_file(folder.path().join("x.laz")).unwrap();
    ept(&[&args[..], &["--verify"]].concat()).ends_with(3);
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn local_files_are_copied_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    std::fs::create_dir(&from).unwrap();
    let files = [("a.laz", noise(3_000, 63)), ("b.laz", noise(4_000, 64))];
    for (name, file) in &files {
        std::fs::write(from.join(name), file).unwrap();
    }
    std::fs::write(from.join("c.laz"), "LASF and no more").unwrap();
    let to = folder.path().join("to");
    let run = ept(&["fetch", from.to_str().unwrap(), "-d", to.to_str().unwrap()]).ends_with(3);
    assert!(run.stderr().contains("c.laz: "), "{}", run.stderr());
    assert_eq!(names_in(&to), ["a.laz", "b.laz"]);
    for (name, file) in &files {
        assert!(std::fs::read(to.join(name)).unwrap() == *file, "{name}");
    }
    // One of them by an area that the other misses: the header's boxes are all that counts.
    let single = folder.path().join("single");
    let b = from.join("b.laz");
    let args = [
        "fetch",
        b.to_str().unwrap(),
        "-d",
        single.to_str().unwrap(),
        "--bounds",
        "-9,-9,-8,-8",
    ];
    let run = ept(&args).ends_with(0);
    assert!(run.stderr().contains("nothing found"), "{}", run.stderr());
    assert!(names_in(&single).is_empty());
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_keeps_what_is_whole() {
    let (small, large) = (noise(1_000, 65), noise(40_000, 66));
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    std::fs::create_dir(&from).unwrap();
    std::fs::write(from.join("a.laz"), &small).unwrap();
    std::fs::write(from.join("b.laz"), &large).unwrap();
    let to = folder.path().join("to");
    let report = folder.path().join("report.json");
    // No file may have more than 100 blocks of 1024 or 512 bytes: writing fails as on a full disk, only with other words.
    let script = format!(
        "trap '' XFSZ; ulimit -f 100; exec '{}' fetch '{}' -d '{}' --jobs 1 --report '{}'",
        env!("CARGO_BIN_EXE_ept"),
        from.display(),
        to.display(),
        report.display(),
    );
    let run = Command::new("sh").args(["-c", &script]).output().unwrap();
    let told = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1), "{told}");
    assert!(
        told.contains("error: cannot write") && told.contains("b.laz"),
        "{told}"
    );
    assert_eq!(names_in(&to), ["a.laz", "b.laz.part", "b.laz.part.json"]);
    assert!(std::fs::read(to.join("a.laz")).unwrap() == small);
    let found = json(&report);
    assert!(
        found["error"].as_str().unwrap().contains("b.laz"),
        "{found}"
    );
    assert_eq!(
        (&found["files"][0]["state"], &found["files"][1]["state"]),
        (&"fetched".into(), &"failed".into())
    );

    // With room for it, the rest is fetched.
    ept(&["fetch", from.to_str().unwrap(), "-d", to.to_str().unwrap()]).ends_with(0);
    assert!(std::fs::read(to.join("b.laz")).unwrap() == large);
    assert_eq!(names_in(&to), ["a.laz", "b.laz"]);
}

#[test]
fn a_file_that_another_process_fetches_is_left_to_it() {
    let file = noise(2_000, 67);
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("x.laz");
    std::fs::write(&source, file).unwrap();
    let to = folder.path().join("to");
    std::fs::create_dir(&to).unwrap();
    let part = std::fs::File::create(to.join("x.laz.part")).unwrap();
    part.lock().unwrap();
    let args = [
        "fetch",
        source.to_str().unwrap(),
        "-d",
        to.to_str().unwrap(),
    ];
    let run = ept(&args).ends_with(3);
    assert!(run.stderr().contains("another process"), "{}", run.stderr());
    drop(part);
    ept(&args).ends_with(0);
    assert!(Path::new(&to).join("x.laz").exists());
}

#[test]
fn files_of_all_writers_are_whole_until_they_are_cut() {
    let Some(samples) = samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    for kind in ["las", "copc"] {
        let (from, cut) = (
            samples.join(kind),
            folder.path().join(format!("{kind}-cut")),
        );
        let is_points = |path: &Path| path.extension().is_some_and(|e| e == "laz" || e == "las");
        let entries = from.read_dir().unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<_> = entries.filter(|path| is_points(path)).collect();
        assert!(files.len() > 2, "{}", from.display());
        std::fs::create_dir(&cut).unwrap();
        for file in &files {
            let bytes = std::fs::read(file).unwrap();
            let name = file.file_name().unwrap();
            std::fs::write(cut.join(name), &bytes[..bytes.len() - 1]).unwrap();
        }
        let fetch = |from: &Path, to: &Path| {
            let (from, to) = (from.to_str().unwrap(), to.to_str().unwrap());
            ept(&["fetch", from, "-d", to])
        };
        let to = folder.path().join(kind);
        fetch(&from, &to).ends_with(0);
        assert_eq!(names_in(&to).len(), files.len());
        let to = folder.path().join(format!("{kind}-refused"));
        let run = fetch(&cut, &to);
        assert_ne!(run.code(), 0);
        let whole = names_in(&to)
            .into_iter()
            .filter(|name| is_points(Path::new(name)));
        assert_eq!(whole.count(), 0, "{}", run.stderr());
    }
}
