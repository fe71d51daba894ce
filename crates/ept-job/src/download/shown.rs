//! Places as they may be told to others.

/// A path or URL without the home folder of whoever runs this, and without what follows `?` in a URL.
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
