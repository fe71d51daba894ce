//! File names made from features.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::OutputError;

/// Maximum bytes of a feature's name in a file name. File systems allow 255 in total.
const MOST_BYTES: usize = 180;

/// The files for features: `template` with `{property}` replaced by the name of each. Characters that file systems
/// don't allow, such as `/`, become `_`, and long names are truncated.
///
/// # Errors
/// If the template does not contain `{property}`, or two features would have the same file. Case is ignored, as in some
/// file systems.
///
/// ```
/// use ept_job::file_names;
///
/// let files = file_names("plots/{plot}.laz", "plot", &["7".into(), "a/b".into()])?;
/// assert!(files[1].ends_with("plots/a_b.laz"));
/// assert!(file_names("plots.laz", "plot", &["7".into()]).is_err());
/// assert!(file_names("{plot}.laz", "plot", &["a/b".into(), "A_B".into()]).is_err());
/// # Ok::<(), ept_job::OutputError>(())
/// ```
pub fn file_names(
    template: &str,
    property: &str,
    names: &[String],
) -> Result<Vec<PathBuf>, OutputError> {
    let place = format!("{{{property}}}");
    if !template.contains(&place) {
        return Err(OutputError::NoPlaceholder {
            name: template.to_owned(),
            property: property.to_owned(),
        });
    }
    let mut known: HashMap<String, &String> = HashMap::with_capacity(names.len());
    let files = names.iter().map(|name| {
        let path = template.replace(&place, &safe(name));
        if let Some(first) = known.insert(path.to_lowercase(), name) {
            return Err(OutputError::SameFile {
                first: first.clone(),
                second: name.clone(),
                path: path.into(),
            });
        }
        Ok(path.into())
    });
    files.collect()
}

/// A name as part of a file name.
fn safe(name: &str) -> String {
    let mut end = name.len().min(MOST_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let is_special = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let safe = name[..end].replace(is_special, "_");
    // Names of dots alone are folders, and a leading dot hides a file.
    let rest = safe.trim_start_matches('.');
    format!("{}{rest}", "_".repeat(safe.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, safe};

    #[test]
    fn a_name_leads_to_no_other_folder() {
        for (name, expected) in [
            ("plot 7", "plot 7"),
            ("..", "__"),
            ("../../etc/passwd", "___.._etc_passwd"),
            (r"C:\plots\1", "C__plots_1"),
            ("/", "_"),
            ("a\u{0}b\nc", "a_b_c"),
            ("Fläche 3.5", "Fläche 3.5"),
        ] {
            assert_eq!(safe(name), expected);
        }
        let long = safe(&"ü".repeat(500));
        assert_eq!(long, "ü".repeat(MOST_BYTES / 2));
    }
}
