//! Checks of those invariants of ARCHITECTURE.md that a text search can check.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::packages::ORDER;

/// Selects the crates for a rule.
type Which = fn(&str) -> bool;

/// Words that must not occur in the sources of some crates, and why.
const FORBIDDEN: [(Which, &[&str], &str); 5] = [
    (
        is_pure,
        &["std::fs", "std::net", "async ", "tokio"],
        "does no I/O",
    ),
    (
        |name| name == "ept-export",
        &["ept_reader"],
        "knows nothing of datasets",
    ),
    (
        |name| name != "ept-cli",
        &["println!", "eprintln!", "print!(", "clap"],
        "is a library: only the command prints",
    ),
    (
        // Python needs to know its process, which may be the child of a fork.
        |name| name != "ept-cli" && name != "ept-python",
        &["std::process"],
        "is a library: only the command exits",
    ),
    (
        |name| name != "ept-las",
        &["laz::"],
        "does not use laz: only ept-las does",
    ),
];

/// Words that only `terminal.rs` of the command may contain, so that nothing else writes to a terminal.
const DOORS: [&str; 4] = ["println!", "eprint", "stdout()", "stderr()"];

/// Whether a crate comes before the first one that writes.
fn is_pure(name: &str) -> bool {
    let mut pure = ORDER.iter().take_while(|other| **other != "ept-export");
    pure.any(|other| *other == name)
}

/// Checks all sources. The error lists every violation.
pub(crate) fn check(workspace: &Path) -> Result<()> {
    let mut misses = Vec::new();
    for (which, words, reason) in FORBIDDEN {
        for name in ORDER.into_iter().filter(|name| which(name)) {
            for file in sources(&workspace.join("crates").join(name).join("src"))? {
                let text = std::fs::read_to_string(&file)?;
                // Documentation may contain them, code may not.
                let code = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                let code: String = code.flat_map(|line| [line, "\n"]).collect();
                for word in words.iter().filter(|word| code.contains(*word)) {
                    misses.push(format!(
                        "{}: \"{word}\", but {name} {reason}",
                        file.display()
                    ));
                }
            }
        }
    }
    for file in sources(&workspace.join("crates/ept-cli/src"))? {
        let text = std::fs::read_to_string(&file)?;
        let found = DOORS.iter().find(|word| text.contains(**word));
        if let Some(word) = found.filter(|_| !file.ends_with("terminal.rs")) {
            let file = file.display();
            misses.push(format!(
                "{file}: \"{word}\", but only terminal.rs writes to the terminal"
            ));
        }
    }
    for folder in ["crates", "xtask", "fuzz/src", "fuzz/fuzz_targets"] {
        for file in sources(&workspace.join(folder))? {
            if !std::fs::read_to_string(&file)?.starts_with("//!") {
                misses.push(format!(
                    "{}: has no module documentation (//!)",
                    file.display()
                ));
            }
        }
    }
    misses.extend(unnamed_tests(workspace)?);
    match misses.as_slice() {
        [] => Ok(()),
        misses => bail!("{}", misses.join("\n")),
    }
}

/// Files of tests that the one program of a crate's tests, `it.rs`, does not name: nothing would run them.
fn unnamed_tests(workspace: &Path) -> Result<Vec<String>> {
    let mut misses = Vec::new();
    for name in ORDER {
        let folder = workspace.join("crates").join(name).join("tests");
        let Ok(program) = std::fs::read_to_string(folder.join("it.rs")) else {
            continue;
        };
        for entry in folder.read_dir()? {
            let path = entry?.path();
            let is_test =
                path.is_dir() || path.extension().is_some_and(|extension| extension == "rs");
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let is_named = program.lines().any(|line| line == format!("mod {stem};"));
            if is_test && stem != "it" && !is_named {
                misses.push(format!("{}: it.rs does not name it", path.display()));
            }
        }
    }
    Ok(misses)
}

/// All Rust files below a folder, sorted.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder
        .read_dir()
        .with_context(|| folder.display().to_string())?
    {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
