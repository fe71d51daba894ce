//! The tests as one program, which is linked once: each module is a file beside this one.

mod areas;
mod cloud;
mod columnar;
mod copc;
#[path = "each/main.rs"]
mod each;
#[path = "faults/main.rs"]
mod faults;
#[path = "fetch/main.rs"]
mod fetch;
mod files;
mod folding;
mod json;
mod limit;
mod log;
mod manual;
mod messages;
mod override_crs;
mod plan;
mod profile;
mod pty;
mod query;
mod remote;
mod samples;
mod show;
mod support;
mod terminal;
mod text;
mod tiles;
mod tutorial;
mod validate;

/// A file that nobody names here would not be run.
#[test]
fn every_file_of_tests_is_a_module() {
    let this = include_str!("it.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = name.strip_suffix(".rs").unwrap_or(&name);
        let is_module = this.lines().any(|line| line == format!("mod {name};"));
        assert!(
            is_module || name == "it" || name.contains('.'),
            "tests/it.rs lacks {name}"
        );
    }
}
