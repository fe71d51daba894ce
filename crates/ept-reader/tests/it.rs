//! The tests as one program, which is linked once: each module is a file beside this one.

mod bombs;
mod cache;
mod cache_faults;
mod cloud;
mod engine;
mod failures;
mod files;
mod fixtures;
mod http;
mod index;
mod locations;
mod losses;
mod plan;
mod redirects;
mod remote_files;
mod scene;
mod selection;
mod sizes;
mod stores;
mod support;
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
