//! File names made from untrusted names.

/// Maximum bytes of a name. File systems allow 255, and suffixes are added.
const MOST_BYTES: usize = 180;

/// A file name that is valid on every system: without separators and control characters, not a device, a hidden file or a
/// parent folder, and not too long.
pub(crate) fn safe_name(part: &str) -> String {
    let is_bad = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let mut name: String = part
        .chars()
        .map(|c| if is_bad(c) { '_' } else { c })
        .collect();
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    if name.ends_with(['.', ' ']) {
        name.pop();
        name.push('_');
    }
    let lower = name.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    if is_device(stem) {
        name.insert(0, '_');
    }
    shortened(name)
}

/// Whether Windows reserves the name for a device, with any extension.
fn is_device(stem: &str) -> bool {
    let numbered = |name: &str| {
        let number = stem.strip_prefix(name);
        number.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
    };
    ["con", "prn", "aux", "nul"].contains(&stem) || numbered("com") || numbered("lpt")
}

/// The name, without its middle if it is too long.
fn shortened(name: String) -> String {
    if name.len() <= MOST_BYTES {
        return name;
    }
    let floor = |at: usize| {
        (0..=at)
            .rev()
            .find(|at| name.is_char_boundary(*at))
            .unwrap_or(0)
    };
    let (head, tail) = (
        floor(MOST_BYTES / 2 - 1),
        floor(name.len() - MOST_BYTES / 2 + 3),
    );
    format!("{}_{}", &name[..head], &name[tail..])
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, safe_name};

    #[test]
    fn a_name_leads_to_no_other_folder() {
        for (name, expected) in [
            ("plot 7", "plot 7"),
            ("..", "__"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            (r"C:\plots\1", "C__plots_1"),
            ("/", "_"),
            ("a\u{0}b\nc", "a_b_c"),
            ("Fläche 3.5", "Fläche 3.5"),
            ("nul", "_nul"),
            ("", ""),
        ] {
            assert_eq!(safe_name(name), expected);
        }
        let long = safe_name(&format!("a{}z", "ü".repeat(500)));
        assert!(long.len() <= MOST_BYTES, "{long}");
        assert!(long.starts_with("aü") && long.ends_with("üz"), "{long}");
    }
}
