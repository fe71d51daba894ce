//! Parts that an earlier process left.

use super::place::{Place, ranges};
use super::{answer, json, noise};
use crate::support::server::Server;

#[test]
fn parts_that_can_not_be_gone_on_with_are_dropped() {
    let file = noise(20_000, 10);
    let good = file.clone();
    let server = Server::start(move |request| answer(request, &good));
    let url = server.url("/x.laz");
    let from_start = |place: &Place| {
        let before = server.requests().len();
        place.fetches(&url, &file);
        assert_eq!(ranges(&server)[before..], [None]);
    };
    // Of another URL.
    let place = Place::new();
    place.leave_of("http://example.com/x.laz", &file, 1000);
    from_start(&place);
    // Without a record, or with a torn one.
    let place = Place::new();
    std::fs::write(place.path("x.laz.part"), &file[..1000]).unwrap();
    from_start(&place);
    let place = Place::new();
    place.leave(&server, &file, 1000);
    std::fs::write(place.path("x.laz.part.json"), "{\"url\": \"ht").unwrap();
    from_start(&place);
    // With zeros where a crash of the system lost a block: it goes on before them.
    let place = Place::new();
    let mut torn = file[..100_000].to_vec();
    torn[60_000..70_000].fill(0);
    place.leave(&server, &file, 0);
    std::fs::write(place.path("x.laz.part"), &torn).unwrap();
    let mut record = json(&place.path("x.laz.part.json"));
    record["done"] = 50_000.into();
    std::fs::write(place.path("x.laz.part.json"), record.to_string()).unwrap();
    let before = server.requests().len();
    place.fetches(&url, &file);
    assert_eq!(ranges(&server)[before..], [Some("bytes=50000-".to_owned())]);
}

#[test]
fn a_damaged_part_is_fetched_anew() {
    let file = noise(20_000, 11);
    let good = file.clone();
    let server = Server::start(move |request| answer(request, &good));
    let place = Place::new();
    let mut damaged = file.clone();
    // In the chunk table, which is at the end.
    let end = damaged.len();
    damaged[end - 6..].fill(0xaa);
    place.leave(&server, &file, 0);
    std::fs::write(place.path("x.laz.part"), &damaged).unwrap();
    place.fetches(&server.url("/x.laz"), &file);
}
