//! Locations for records and reports.

/// A path with the user's home folder as `~`, or a URL without its query string.
pub(crate) fn shown(location: &str) -> String {
    if location.contains("://") {
        let end = location.find(['?', '#']).unwrap_or(location.len());
        return location[..end].to_owned();
    }
    let home = std::env::home_dir().filter(|home| home.parent().is_some());
    let home = home.and_then(|home| home.into_os_string().into_string().ok());
    let below = home.as_deref().and_then(|home| location.strip_prefix(home));
    match below {
        Some(below) if below.is_empty() || below.starts_with(['/', '\\']) => format!("~{below}"),
        _ => location.to_owned(),
    }
}
