//! Names of downloaded files.

use std::collections::HashMap;

use crate::safe_name::safe_name;

/// Paths in a folder for files at these locations, with `/` as the separator: their names, preceded by their folders if several
/// have the same name. `None` if the path of an earlier one is the same.
///
/// Each path is valid on every system and inside the folder.
pub(crate) fn names(locations: &[&str]) -> Vec<Option<String>> {
    let paths: Vec<Vec<String>> = locations.iter().map(|location| parts(location)).collect();
    let mut same: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, path) in paths.iter().enumerate() {
        let name = path
            .last()
            .map_or_else(String::new, |name| name.to_lowercase());
        same.entry(name).or_default().push(at);
    }
    let mut names: Vec<Option<String>> = vec![None; paths.len()];
    for group in same.values() {
        let common = common_folders(group.iter().map(|at| &paths[*at]));
        for &at in group {
            let from = common.min(paths[at].len() - 1);
            names[at] = Some(paths[at][from..].join("/"));
        }
    }
    let mut known = HashMap::new();
    for (at, name) in names.iter_mut().enumerate() {
        let folded = name.as_ref().map(|name| name.to_lowercase());
        if *known.entry(folded).or_insert(at) != at {
            *name = None;
        }
    }
    names
}

/// Number of leading folders that paths have in common; all folders of a single path.
fn common_folders<'a>(mut paths: impl Iterator<Item = &'a Vec<String>>) -> usize {
    let Some(first) = paths.next() else { return 0 };
    let folders = first.len() - 1;
    paths.fold(folders, |common, path| {
        let same = first.iter().zip(path).take_while(|(a, b)| a == b).count();
        common.min(same)
    })
}

/// The parts of a location without host and query string, each a safe name.
fn parts(location: &str) -> Vec<String> {
    let path = match location.split_once("://") {
        Some((_, rest)) => {
            let rest = rest.split(['?', '#']).next().unwrap_or(rest);
            let path = rest.split_once('/').map_or("", |(_, path)| path);
            path.split('/').map(decoded).collect::<Vec<_>>()
        }
        None => location.split(['/', '\\']).map(str::to_owned).collect(),
    };
    let parts: Vec<String> = path
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| unlike_a_part(safe_name(part)))
        .collect();
    if parts.is_empty() {
        vec!["_".into()]
    } else {
        parts
    }
}

/// The name, changed if an incomplete file could have it.
fn unlike_a_part(mut name: String) -> String {
    let lower = name.to_ascii_lowercase();
    let parts = [".part", ".part.json", ".part.json.new"];
    if parts.iter().any(|suffix| lower.ends_with(suffix)) {
        name.push('_');
    }
    name
}

/// A part of a URL, percent-decoded.
fn decoded(part: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = part.as_bytes();
    let (mut text, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                // Two digits of 16.
                text.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                text.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[track_caller]
    fn check(locations: &[&str], expected: &[Option<&str>]) {
        let found = names(locations);
        let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn files_of_one_name_get_their_folders() {
        check(
            &[
                "https://a.org/bulk/one/x.laz",
                "https://a.org/bulk/two/X.laz",
                "https://a.org/bulk/two/y.laz?token=1",
                "/data/three/z.las",
            ],
            &[
                Some("one/x.laz"),
                Some("two/X.laz"),
                Some("y.laz"),
                Some("z.las"),
            ],
        );
        // Nothing but the server or the query string tells them apart.
        check(
            &[
                "https://a.org/x.laz?v=1",
                "https://b.org/x.laz",
                "https://a.org/x.laz?v=2",
            ],
            &[Some("x.laz"), None, None],
        );
        // One of them is in the folder of the others.
        check(
            &["https://a.org/d/x.laz", "https://a.org/d/e/x.laz"],
            &[Some("x.laz"), Some("e/x.laz")],
        );
    }

    #[test]
    fn no_name_leads_out_of_the_folder_or_is_a_device() {
        let named = |location: &str| names(&[location]).remove(0);
        let name = |location: &str| named(location).unwrap_or_default();
        assert_eq!(name("https://a.org/c%20d.laz"), "c d.laz");
        assert_eq!(
            name("https://a.org/..%2f..%2fetc%2fpasswd"),
            "_._.._etc_passwd"
        );
        assert_eq!(name("https://a.org/a%00b%0a.laz"), "a_b_.laz");
        assert_eq!(name("https://a.org/.."), "__");
        assert_eq!(name("https://a.org/.bashrc"), "_bashrc");
        assert_eq!(name("https://a.org/NUL.laz"), "_NUL.laz");
        assert_eq!(name("https://a.org/com1"), "_com1");
        assert_eq!(name("https://a.org/x.laz.part.json"), "x.laz.part.json_");
        assert_eq!(name("https://a.org/"), "_");
        assert_eq!(name("c:\\data\\x.laz"), "x.laz");
        let long = name(&format!("https://a.org/{}.laz", "é".repeat(300)));
        assert!(long.len() <= 200 && long.ends_with("é.laz"), "{long}");
    }
}
