//! A server that does everything wrong now and then.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{answer, list, names_in, noise, scramble};
use crate::support::ept;
use crate::support::server::{Fault, Response, Server};

#[test]
fn a_hostile_server_changes_nothing_and_costs_a_tenth_at_most() {
    let files: HashMap<String, Vec<u8>> = (0..6)
        .map(|number| (format!("/{number}.laz"), noise(40_000, 20 + number)))
        .collect();
    let all: u64 = files.values().map(|file| file.len() as u64).sum();
    let (asked, sent) = (AtomicU64::new(0), Arc::new(AtomicU64::new(0)));
    let (served, count) = (files.clone(), Arc::clone(&sent));
    let server = Server::start(move |request| {
        let Some(file) = served.get(&request.path) else {
            return Response::new(404, "not here");
        };
        let random = scramble(asked.fetch_add(1, Ordering::SeqCst));
        let mut response = answer(request, file);
        let size = response.body.len();
        let place = (random >> 32) as usize % size.max(1);
        response = match random % 10 {
            0 => Response::new(429, "slowly").with_header("Retry-After", "0"),
            1 => Response::new(503, "busy"),
            2 => Response::new(200, "<html>log in").with_header("Content-Type", "text/html"),
            // It ends too early, as it announced or not. A size that HEAD tells wrong would be that of another file.
            3 if response.status == 200 && request.method == "GET" => {
                response.body.truncate(place.max(1));
                response
            }
            4..=8 if size > 0 => response.with_fault(place, Fault::Close),
            _ => response,
        };
        if request.method == "GET" {
            let body = response
                .fault
                .map_or(response.body.len(), |(after, _)| after);
            count.fetch_add(body as u64, Ordering::SeqCst);
        }
        response
    });
    let folder = tempfile::tempdir().unwrap();
    let mut urls: Vec<String> = files.keys().map(|path| server.url(path)).collect();
    urls.sort();
    let index = list(folder.path(), &urls);
    let to = folder.path().join("tiles");
    // A page to log in is not asked for again by itself: the command is run again.
    let run = || ept(&["fetch", &index, "-d", to.to_str().unwrap(), "-q"]).code();
    let mut runs = 0;
    while run() != 0 {
        runs += 1;
        assert!(runs < 40, "it never ends");
        for name in names_in(&to).iter().filter(|name| name.ends_with(".laz")) {
            assert!(
                std::fs::read(to.join(name)).unwrap() == files[&format!("/{name}")],
                "{name}"
            );
        }
    }
    assert_eq!(
        names_in(&to),
        ["0.laz", "1.laz", "2.laz", "3.laz", "4.laz", "5.laz"]
    );
    for (path, file) in &files {
        assert!(
            std::fs::read(to.join(&path[1..])).unwrap() == *file,
            "{path}"
        );
    }
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent as f64 <= all as f64 * 1.1, "{sent} bytes for {all}");
    assert!(server.requests().len() > 20);
}
