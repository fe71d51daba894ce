//! The laws of indexes in pages.

use std::collections::HashMap;

use ept_index::{Index, NextPage};

use crate::check_index;

/// Number of entries that an index has, whatever became of them.
fn entries(index: &Index) -> u64 {
    index.rows.len() as u64 + index.repeated + index.unlocated.len() as u64
}

/// Of several pages nothing is lost or doubled, and each file comes where it is listed first.
pub fn check_pages(pages: &[Index]) {
    let all = Index::of_pages(pages.iter().cloned());
    check_index(&all);
    assert_eq!(entries(&all), pages.iter().map(entries).sum::<u64>());
    let numbers = &all.unlocated;
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    assert!(numbers.iter().all(|number| *number <= entries(&all)));
    assert_eq!(all.next, pages.last().and_then(|page| page.next.clone()));

    let mut places: HashMap<&str, usize> = HashMap::new();
    for page in pages {
        let is_elsewhere = page.crs != pages[0].crs;
        for row in &page.rows {
            let next = places.len();
            let at = *places.entry(&row.location).or_insert(next);
            let found = &all.rows[at];
            assert_eq!(found.location, row.location);
            // A file whose box is not known in these coordinates has none; the others' boxes contain all of their pages'.
            match (found.bounds, row.bounds.filter(|_| !is_elsewhere)) {
                (Some(whole), Some(part)) => assert_eq!(whole.joined(&part), whole),
                (Some(_), None) => panic!("a box came from nowhere: {row:?}"),
                (None, _) => {}
            }
        }
    }
    assert_eq!(places.len(), all.rows.len());
}

/// A request is complete once it follows another, and the same again if it is repeated.
pub fn check_requests(pages: &[Index]) {
    let mut last = NextPage::of_location("https://example.com/survey/index");
    for next in pages.iter().filter_map(|page| page.next.clone()) {
        let Ok(request) = next.clone().after(&last) else {
            continue;
        };
        assert!(!request.is_change);
        assert_eq!(request.location, next.location);
        assert_eq!(request.body.is_some(), next.body.is_some());
        for (name, value) in &next.headers {
            let mut same = request.headers.iter();
            let same = same.find(|(own, _)| own.eq_ignore_ascii_case(name));
            assert_eq!(same.map(|(_, own)| own), Some(value));
        }
        assert_eq!(next.after(&request).as_ref(), Ok(&request));
        last = request;
    }
}
