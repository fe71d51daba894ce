//! File names made from features.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::OutputError;
use crate::safe_name::safe_name;

/// The files for features: `template` with `{property}` replaced by the name of each. Characters that file systems
/// don't allow, such as `/`, become `_`, and long names lose their middle.
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
        let path = template.replace(&place, &safe_name(name));
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
