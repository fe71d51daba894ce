//! Conditions: what parses says itself as a text that is the same condition.

#![no_main]

use ept_select::Filter;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(filter) = text.parse::<Filter>() else {
        return;
    };
    let again = filter.to_string().parse::<Filter>();
    assert_eq!(again.as_ref(), Ok(&filter), "{filter}");
    // Whatever is known of the values, there is an answer.
    let _ = filter.is_possible(|_| None);
    let _ = filter.is_possible(|_| Some([-1.0, 2.0]));
});
