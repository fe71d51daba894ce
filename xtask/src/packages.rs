//! Dependencies and licences of the packages, as cargo knows them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The crates of the library. Each may use those before it. The order is that of ARCHITECTURE.md.
pub(crate) const ORDER: [&str; 15] = [
    "ept-format",
    "ept-laz",
    "ept-las",
    "ept-crs",
    "ept-points",
    "ept-index",
    "ept-select",
    "ept-raster",
    "ept-scene",
    "ept-export",
    "ept-reader",
    "ept-job",
    "ept-view",
    "ept-cli",
    "ept-python",
];

/// Licences that are acceptable to users under MIT or Apache-2.0, including in binaries.
const LICENCES: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Packages with another licence or none, and why they are acceptable.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Checks dependencies and licences. The error lists every violation.
pub(crate) fn check(workspace: &Path) -> Result<()> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features"])
        .current_dir(workspace)
        .output()?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut misses = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        match ORDER.iter().position(|known| *known == name) {
            Some(place) => misses.extend(uses_below(package, name, place)),
            None => misses.extend(licence_problem(package, name)),
        }
    }
    match misses.as_slice() {
        [] => Ok(()),
        misses => bail!("{}", misses.join("\n")),
    }
}

/// Dependencies on crates that come later, except in tests.
fn uses_below(package: &Value, name: &str, place: usize) -> Vec<String> {
    let dependencies = package["dependencies"].as_array();
    let dependencies = dependencies.into_iter().flatten();
    let used = dependencies.filter(|dependency| dependency["kind"].is_null());
    let later = used.filter_map(|dependency| {
        let other = dependency["name"].as_str()?;
        let at = ORDER.iter().position(|known| *known == other)?;
        (at >= place).then(|| format!("{name} uses {other}, which comes after it"))
    });
    later.collect()
}

fn licence_problem(package: &Value, name: &str) -> Option<String> {
    // Packages without a source belong to this workspace.
    if package["source"].is_null() || EXCEPTIONS.iter().any(|(known, _)| *known == name) {
        return None;
    }
    let licence = package["license"].as_str().unwrap_or("none");
    let is_fine = licence_is_fine(licence);
    (!is_fine).then(|| format!("{name} is under {licence}"))
}

/// Whether a licence expression is acceptable: all parts joined by AND, any of those joined by OR.
fn licence_is_fine(expression: &str) -> bool {
    let plain = expression.replace('/', " OR ");
    let is_known = |licence: &str| LICENCES.contains(&licence.trim());
    match plain
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
    {
        Some((first, "")) => licence_is_fine(first),
        Some((first, rest)) => match rest.trim_start().split_once(' ') {
            Some(("AND", rest)) => licence_is_fine(first) && licence_is_fine(rest),
            Some(("OR", rest)) => licence_is_fine(first) || licence_is_fine(rest),
            _ => false,
        },
        None => match plain.split_once(" AND ") {
            Some((first, rest)) if !first.contains(" OR ") => {
                licence_is_fine(first) && licence_is_fine(rest)
            }
            _ => plain.split(" OR ").any(is_known),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::licence_is_fine;

    #[test]
    fn licences_are_judged_by_their_expression() {
        for fine in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 AND ISC",
            "(GPL-2.0 OR MIT)",
        ] {
            assert!(licence_is_fine(fine), "{fine}");
        }
        for other in [
            "GPL-3.0",
            "none",
            "MIT AND GPL-3.0",
            "(MIT OR ISC) AND MPL-2.0",
            "",
        ] {
            assert!(!licence_is_fine(other), "{other}");
        }
    }
}
