//! What servers answer to a request for the rest of a file.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::place::{Place, ranges};
use super::{answer, json, noise, tag};
use crate::support::ept;
use crate::support::server::{Fault, Request, Response, Server};

/// A server that cuts its first answer off in the middle, and then does what it is told.
fn cut_once(
    contents: Vec<u8>,
    then: impl Fn(&Request, &[u8]) -> Response + Send + Sync + 'static,
) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |request| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => answer(request, &contents).with_fault(contents.len() / 2, Fault::Close),
        _ => then(request, &contents),
    })
}

#[test]
fn what_was_cut_off_goes_on_where_it_ended() {
    let file = noise(20_000, 1);
    let (half, size) = (file.len() / 2, file.len());
    let server = cut_once(file.clone(), answer);
    Place::new().fetches(&server.url("/x.laz"), &file);
    assert_eq!(ranges(&server), [None, Some(format!("bytes={half}-"))]);
    let conditions = server.requests();
    assert_eq!(conditions[1].headers["if-range"], tag(&file));
    assert!(size > 100_000, "{size}");
}

#[test]
fn a_server_without_ranges_sends_all_of_it_once_more() {
    let file = noise(20_000, 2);
    let server = cut_once(file.clone(), |_, file| {
        Response::new(200, file).with_header("ETag", tag(file))
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
    assert_eq!(server.requests().len(), 2);
    // Neither ranges nor anything that tells the contents from others.
    let server = cut_once(file.clone(), |_, file| Response::new(200, file));
    Place::new().fetches(&server.url("/x.laz"), &file);
}

#[test]
fn other_bytes_than_asked_for_are_not_taken() {
    let file = noise(20_000, 3);
    let server = cut_once(file.clone(), |request, file| {
        if !request.headers.contains_key("range") {
            return answer(request, file);
        }
        let (from, size) = (1000, file.len());
        Response::new(206, &file[from..])
            .with_header("Content-Range", format!("bytes {from}-{}/{size}", size - 1))
            .with_header("ETag", tag(file))
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
    // A body that is longer than its range.
    let server = cut_once(file.clone(), |request, file| {
        let mut answer = answer(request, file);
        if answer.status == 206 {
            answer.body.extend_from_slice(b"more");
        }
        answer
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
    // No range at all.
    let server = cut_once(file.clone(), |request, file| {
        let mut answer = answer(request, file);
        if answer.status == 206 {
            answer.headers.retain(|(name, _)| *name != "Content-Range");
        }
        answer
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
}

#[test]
fn a_range_that_is_shorter_than_asked_for_is_taken() {
    let file = noise(20_000, 4);
    let server = cut_once(file.clone(), |request, file| {
        let mut answer = answer(request, file);
        let Some(range) = request.headers.get("range") else {
            return answer;
        };
        let from: usize = range[6..range.len() - 1].parse().unwrap();
        let end = file.len().min(from + 30_000);
        answer.body.truncate(end - from);
        let range = format!("bytes {from}-{}/{}", end - 1, file.len());
        answer.headers.retain(|(name, _)| *name != "Content-Range");
        answer.with_header("Content-Range", range)
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
    let sent = file.len() - file.len() / 2;
    assert_eq!(server.requests().len(), 1 + sent.div_ceil(30_000));
}

#[test]
fn a_file_that_changed_begins_anew() {
    let (old, new) = (noise(20_000, 5), noise(20_100, 6));
    let good = new.clone();
    let server = cut_once(old.clone(), move |request, _| answer(request, &good));
    Place::new().fetches(&server.url("/x.laz"), &new);
    assert_eq!(server.requests().len(), 2);

    // A server that knows ranges, but not `If-Range`, tells by the tag of the range that it is another file.
    let good = new.clone();
    let server = cut_once(old.clone(), move |request, _| {
        let whole = Response::new(200, &*good).with_header("ETag", tag(&good));
        super::ranged(request, whole)
    });
    Place::new().fetches(&server.url("/x.laz"), &new);
    // By its size alone, if the range has no tag.
    let good = new.clone();
    let server = cut_once(old.clone(), move |request, _| {
        super::ranged(request, Response::new(200, &*good))
    });
    Place::new().fetches(&server.url("/x.laz"), &new);
    // Between two runs, to one that is shorter than what is there.
    let place = Place::new();
    let short = noise(5_000, 7);
    let good = short.clone();
    let server = Server::start(move |request| answer(request, &good));
    place.leave(&server, &old, old.len() / 2);
    place.fetches(&server.url("/x.laz"), &short);
}

#[test]
fn a_part_with_all_bytes_costs_no_more() {
    let file = noise(20_000, 8);
    for is_told in [true, false] {
        let good = file.clone();
        let server = Server::start(move |request| {
            let mut answer = answer(request, &good);
            if !is_told {
                answer.headers.retain(|(name, _)| *name != "Content-Range");
            }
            answer
        });
        let place = Place::new();
        place.leave(&server, &file, file.len());
        place.fetches(&server.url("/x.laz"), &file);
        assert_eq!(ranges(&server), [Some(format!("bytes={}-", file.len()))]);
    }
}

#[test]
fn a_server_that_lies_about_the_length_is_asked_for_the_rest() {
    let file = noise(20_000, 9);
    // Too short, though the answer ends as it says.
    let asked = AtomicUsize::new(0);
    let good = file.clone();
    let server = Server::start(move |request| {
        let mut answer = answer(request, &good);
        if asked.fetch_add(1, Ordering::SeqCst) == 0 {
            answer.body.truncate(good.len() / 3);
        }
        answer
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
    let third = Some(format!("bytes={}-", file.len() / 3));
    assert_eq!(ranges(&server), [None, third]);
    // Too long: the connection ends before.
    let asked = AtomicUsize::new(0);
    let good = file.clone();
    let server = Server::start(move |request| {
        let mut answer = answer(request, &good);
        if asked.fetch_add(1, Ordering::SeqCst) == 0 {
            let size = answer.body.len();
            answer.body.extend_from_slice(&[0; 1000]);
            return answer.with_fault(size, Fault::Close);
        }
        answer
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
    let all = Some(format!("bytes={}-", file.len()));
    assert_eq!(ranges(&server), [None, all]);
}

#[test]
fn weak_tags_identify_nothing() {
    let file = noise(20_000, 12);
    let date = "Mon, 23 Nov 2026 10:00:00 GMT";
    let asked = AtomicUsize::new(0);
    let good = file.clone();
    let server = Server::start(move |request| {
        let whole = Response::new(200, &*good)
            .with_header("ETag", "W/\"1\"")
            .with_header("Last-Modified", date);
        let answer = super::ranged(request, whole);
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 => answer.with_fault(good.len() / 2, Fault::Close),
            _ => answer,
        }
    });
    Place::new().fetches(&server.url("/x.laz"), &file);
    assert_eq!(server.requests()[1].headers["if-range"], date);
}

#[test]
fn what_is_not_the_file_gets_no_name() {
    let file = noise(20_000, 13);
    let cases: [(&str, Response, &str); 5] = [
        (
            "a page to log in",
            Response::new(200, "<html>log in</html>").with_header("Content-Type", "text/html"),
            "web page",
        ),
        (
            "a text",
            Response::new(200, "quota exceeded"),
            "not a LAS, LAZ or COPC file",
        ),
        (
            "half of it",
            Response::new(200, &file[..file.len() / 2]),
            "truncated",
        ),
        (
            "nothing",
            Response::new(200, ""),
            "it was fetched, but is damaged",
        ),
        ("no such file", Response::new(404, "not here"), "not found"),
    ];
    for (what, response, cause) in cases {
        let server = Server::start(move |_| response.clone());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let report = folder.path().join("report.json");
        let args = [
            "fetch",
            &server.url("/x.laz"),
            "-d",
            path,
            "--report",
            report.to_str().unwrap(),
        ];
        let run = ept(&args).ends_with(3);
        assert!(run.stderr().contains(cause), "{what}: {}", run.stderr());
        assert!(
            run.stderr()
                .contains("incomplete: 1 of 1 file could not be fetched"),
            "{}",
            run.stderr()
        );
        assert!(!Path::new(path).join("x.laz").exists(), "{what}");
        let report = json(&report);
        assert_eq!(report["complete"], false);
        assert_eq!(report["files"][0]["state"], "failed");
        assert!(
            report["files"][0]["cause"]
                .as_str()
                .unwrap()
                .contains(cause),
            "{report}"
        );
    }
}
