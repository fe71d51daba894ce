//! Removes secrets from URLs.

use reqwest::Url;

/// A URL without user, password, query string and fragment.
#[must_use]
pub fn without_secrets(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) if url.has_host() => {
            // Fails only for URLs without a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            url.into()
        }
        _ => url.split(['?', '#']).next().unwrap_or_default().to_owned(),
    }
}
