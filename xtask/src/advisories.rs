//! Packages with known vulnerabilities, and packages that exist in two versions. The list is offline: it needs no
//! network and is reviewed by hand when `Cargo.lock` changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

/// Vulnerabilities of packages that are or were dependencies (<https://rustsec.org>): the package, the advisory, and
/// the first version without it, if there is one.
const ADVISORIES: [(&str, &str, Option<[u64; 3]>); 3] = [
    ("quick-xml", "RUSTSEC-2026-0194", Some([0, 41, 0])),
    ("quick-xml", "RUSTSEC-2026-0195", Some([0, 41, 0])),
    ("atomic-polyfill", "RUSTSEC-2023-0089", None),
];

/// Packages with an advisory that only tests use, and why that is acceptable.
const IN_TESTS: [(&str, &str); 1] = [(
    "quick-xml",
    "by s3s, which plays the server of S3 in tests: it reads what our own client sends. The first s3s with a quick-xml \
     without the fault needs a newer Rust than we do",
)];

/// Packages of which the command or the Python package has several versions, and which dependency causes it.
const DUPLICATES: [(&str, &str); 9] = [
    ("crypto-common", "digest"),
    ("digest", "object_store is a version behind"),
    ("getrandom", "ring is a version behind"),
    ("miniz_oxide", "png is a version behind"),
    ("syn", "macros are on their way to version 3"),
    (
        "thiserror",
        "object_store's dependencies are a version behind",
    ),
    ("thiserror-impl", "thiserror"),
    ("zstd", "parquet is a version behind"),
    ("zstd-safe", "zstd"),
];

/// Name and version of a package.
type Package = (String, String);

/// Checks advisories and duplicates. The error lists every violation.
pub(crate) fn check(workspace: &Path) -> Result<()> {
    let shipped = compiled(
        workspace,
        &["-p", "ept-cli", "-p", "ept-python", "-e", "normal,build"],
    )?;
    let all = compiled(workspace, &["--workspace", "-e", "normal,build,dev"])?;
    let mut misses = Vec::new();
    for package in &all {
        let (name, version) = package;
        let is_allowed = IN_TESTS.iter().any(|(known, _)| known == name);
        if shipped.contains(package) || !is_allowed {
            let found = faults(name, version).map(|fault| format!("{name} {version} has {fault}"));
            misses.extend(found);
        }
    }
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, version) in &shipped {
        versions.entry(name).or_default().push(version);
    }
    let is_known = |name: &str| DUPLICATES.iter().any(|(known, _)| *known == name);
    let doubled = versions
        .into_iter()
        .filter(|(name, all)| all.len() > 1 && !is_known(name));
    misses.extend(
        doubled.map(|(name, all)| format!("{name} has several versions: {}", all.join(" and "))),
    );
    match misses.as_slice() {
        [] => Ok(()),
        misses => bail!("{}", misses.join("\n")),
    }
}

/// Packages compiled on this machine, from `cargo tree` with these flags. `cargo metadata` would list more.
fn compiled(workspace: &Path, flags: &[&str]) -> Result<BTreeSet<Package>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--all-features", "--prefix", "none", "--no-dedupe"])
        .args(["--format", "{p}"])
        .args(flags)
        .current_dir(workspace)
        .output()?;
    ensure!(output.status.success(), "cargo tree failed");
    let text = String::from_utf8(output.stdout)?;
    let packages = text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (name, version) = (words.next()?, words.next()?);
        Some((name.to_owned(), version.trim_start_matches('v').to_owned()))
    });
    Ok(packages.collect())
}

/// The advisories for a version of a package.
fn faults(name: &str, version: &str) -> impl Iterator<Item = &'static str> {
    let numbers = numbers(version);
    let is_named = move |(package, _, fixed): &&(&str, &str, Option<[u64; 3]>)| {
        *package == name && fixed.is_none_or(|fixed| numbers < fixed)
    };
    let found: Vec<_> = ADVISORIES.iter().filter(is_named).collect();
    found.into_iter().map(|(_, advisory, _)| *advisory)
}

/// Major, minor and patch of a version.
fn numbers(version: &str) -> [u64; 3] {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = plain.split('.').map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::faults;

    #[test]
    fn versions_before_the_mended_one_have_the_fault() {
        let count = |name, version| faults(name, version).count();
        assert_eq!(count("quick-xml", "0.37.5"), 2);
        assert_eq!(count("quick-xml", "0.41.0"), 0);
        assert_eq!(count("quick-xml", "1.0.0-rc.1"), 0);
        assert_eq!(count("atomic-polyfill", "1.0.3"), 1);
        assert_eq!(count("serde", "1.0.0"), 0);
    }
}
