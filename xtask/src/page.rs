//! `cargo xtask page`: the page of `ept view`, its types and what it does in a browser.
//!
//! The page itself is plain JavaScript without dependencies. TypeScript checks the types in its comments, and playwright-core
//! drives Chromium; both are pinned in `crates/ept-view/page/test`. Chromium draws with WebGL in software, so frames are slow
//! and nothing is said of times.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::conformance::samples_folder;
use crate::interop::tools::{build_ept, once, run};

/// The browser, as Debian installs it.
const BROWSER: &str = "/usr/bin/chromium";

/// Checks the page.
pub(crate) fn check() -> Result<()> {
    let page = crate::workspace().join("crates/ept-view/page");
    let tests = page.join("test");
    once(
        &[&tests.join("package-lock.json")],
        &tests.join("node_modules"),
        || run(Command::new("npm").arg("ci").current_dir(&tests)),
    )?;
    run(Command::new(tests.join("node_modules/.bin/tsc"))
        .arg("-p")
        .arg(&page))?;
    if !Path::new(BROWSER).exists() {
        println!("skipped: there is no {BROWSER} to show the page in");
        return Ok(());
    }
    run(Command::new("node")
        .current_dir(&tests)
        // One after another: each draws on all cores. The limit is for a test, and for all of a file.
        .args(["--test", "--test-concurrency=1", "--test-timeout=300000"])
        .args(files(&tests)?)
        .env("EPT", build_ept()?)
        .env("EPT_BROWSER", BROWSER)
        .env("EPT_SAMPLES", samples_folder()))
}

/// Names of the files of tests, sorted.
fn files(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in folder.read_dir()? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.ends_with(".test.js").then_some(name));
    }
    names.sort();
    Ok(names)
}
