//! Locations of tiles: relative ones are resolved, URLs percent-encoded.

use std::fmt::Write;

/// Endings of tile locations. Only a query string may follow.
const ENDINGS: [&str; 3] = [".laz", ".las", "ept.json"];

/// Whether a text looks like the location or name of a point file.
pub(crate) fn is_of_points(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or(text);
    ENDINGS.iter().any(|ending| {
        let at = path.len().checked_sub(ending.len());
        let end = at.and_then(|at| path.get(at..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(ending))
    })
}

pub(crate) fn is_url(text: &str) -> bool {
    scheme(text).is_some()
}

/// The base of relative locations: a folder on disk or a URL, ending with a slash, or empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base(String);

impl Base {
    /// The folder of a file. The query string of a URL is dropped, since it may contain secrets.
    pub(crate) fn beside(file: &str) -> Base {
        let path = if scheme(file).is_some() {
            file.split(['?', '#']).next().unwrap_or(file)
        } else {
            file
        };
        let end = path.rfind(is_separator(path)).map_or(0, |at| at + 1);
        Base(path[..end].to_owned())
    }

    /// A folder, with or without a trailing slash.
    pub(crate) fn folder(folder: &str) -> Base {
        let is_open = folder.is_empty() || folder.ends_with(is_separator(folder));
        Base(format!("{folder}{}", if is_open { "" } else { "/" }))
    }

    /// Resolves a location.
    pub(crate) fn complete(&self, text: &str) -> String {
        if scheme(text).is_some() {
            return encoded(text);
        }
        let Some(name) = scheme(&self.0) else {
            return if is_absolute(text) {
                text.to_owned()
            } else {
                self.joined_path(text)
            };
        };
        if has_drive(text) {
            return text.to_owned();
        }
        if let Some(host) = text.strip_prefix("//") {
            return encoded(&format!("{name}://{host}"));
        }
        self.joined_url(text)
    }

    /// The location relative to the folder, for use in an index there. `None` unless it is below the folder or both are
    /// relative to the same place.
    pub(crate) fn relative(&self, location: &str) -> Option<String> {
        let is_path = |text: &str| scheme(text).is_none();
        if !(is_path(location) && is_path(&self.0)) {
            return None;
        }
        if is_absolute(location) != is_absolute(&self.0) {
            return None;
        }
        let separator = is_separator(location);
        let folder = self
            .0
            .split(&separator)
            .filter(|part| !matches!(*part, "" | "."));
        let folder: Vec<&str> = folder.collect();
        let path = location
            .split(&separator)
            .filter(|part| !matches!(*part, "" | "."));
        let path: Vec<&str> = path.collect();
        let common = folder.iter().zip(&path).take_while(|(a, b)| a == b).count();
        let (up, down) = (&folder[common..], &path[common..]);
        let is_plain = up.is_empty() || !is_absolute(location) && !up.contains(&"..");
        let parts = std::iter::repeat_n("..", up.len()).chain(down.iter().copied());
        is_plain.then(|| parts.collect::<Vec<_>>().join("/"))
    }

    fn joined_path(&self, text: &str) -> String {
        let text = text.strip_prefix("./").unwrap_or(text);
        format!("{}{text}", self.0)
    }

    /// Resolves a reference by RFC 3986, section 5.2, for a base without query string.
    fn joined_url(&self, text: &str) -> String {
        // After the scheme and the host, which ends with a slash.
        let host_at = self.0.find("://").map_or(0, |at| at + 3);
        let path_at = self.0[host_at..]
            .find('/')
            .map_or(self.0.len(), |at| host_at + at);
        let (host, folder) = self.0.split_at(path_at);
        let (path, query) = match text.find('?') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}/{path}", folder.trim_end_matches('/'))
        };
        // What looks like a fragment is part of a file name.
        let path = without_dots(&path).replace('#', "%23");
        encoded(&format!("{host}{path}{query}"))
    }
}

/// Resolves `.` and `..` in a path, but never above the root.
fn without_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.len() > 1 => drop(parts.pop()),
            ".." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The scheme of a URL.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme.then_some(scheme)
}

fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\']) || has_drive(path)
}

/// Whether a path starts with a Windows drive.
fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

/// Whether a character separates folders. On Windows, recognised by its drives, two characters do.
fn is_separator(path: &str) -> impl Fn(char) -> bool + use<> {
    let has_drive = has_drive(path) || path.starts_with('\\');
    move |c| c == '/' || has_drive && c == '\\'
}

/// Percent-encodes whatever must be in a URL (RFC 3986, section 2), leaving existing escapes. Paths on disk and keys in
/// object stores are not encoded.
fn encoded(url: &str) -> String {
    let is_web = scheme(url).is_some_and(|scheme| {
        ["http", "https"]
            .iter()
            .any(|web| web.eq_ignore_ascii_case(scheme))
    });
    if !is_web {
        return url.to_owned();
    }
    let mut text = String::with_capacity(url.len());
    for (at, c) in url.char_indices() {
        let digits = url.as_bytes().get(at + 1..at + 3);
        let is_escape = digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let is_plain = match c {
            '%' => is_escape,
            c => c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c),
        };
        if is_plain {
            text.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a string can't fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Base, is_of_points};

    #[test]
    fn relative_references_resolve_as_rfc_3986_says() {
        // Section 5.4 of the RFC, the forms that can be locations of files.
        let base = Base::beside("http://a/b/c/d;p?q");
        for (reference, target) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("g?y", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("../g", "http://a/b/g"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("./g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
        ] {
            assert_eq!(base.complete(reference), target, "{reference}");
        }
    }

    #[test]
    fn urls_are_percent_encoded_and_paths_are_not() {
        let web = Base::beside("https://a/b c/index.zip");
        assert_eq!(web.complete("x y#1.laz"), "https://a/b%20c/x%20y%231.laz");
        assert_eq!(web.complete("x%20y.laz"), "https://a/b%20c/x%20y.laz");
        assert_eq!(web.complete("50%.laz"), "https://a/b%20c/50%25.laz");
        assert_eq!(web.complete("\u{e9}.laz"), "https://a/b%20c/%C3%A9.laz");
        assert_eq!(web.complete("s3://x/a b.laz"), "s3://x/a b.laz");
        let disk = Base::beside("/data/my survey/index.vpc");
        assert_eq!(disk.complete("./x y.laz"), "/data/my survey/x y.laz");
        assert_eq!(disk.complete("../x.laz"), "/data/my survey/../x.laz");
        assert_eq!(disk.complete("/x.laz"), "/x.laz");
        assert_eq!(disk.complete("C:\\x\\y.laz"), "C:\\x\\y.laz");
        assert_eq!(disk.complete("http://h/x y.laz"), "http://h/x%20y.laz");
        assert_eq!(Base::beside("index.vpc").complete("./x.laz"), "x.laz");
        assert_eq!(
            Base::beside("D:\\a\\i.shp").complete("x.laz"),
            "D:\\a\\x.laz"
        );
        assert_eq!(
            Base::folder("https://a/b").complete("x.laz"),
            "https://a/b/x.laz"
        );
        assert_eq!(
            Base::folder("https://a").complete("x.laz"),
            "https://a/x.laz"
        );
    }

    #[test]
    fn a_path_is_written_relative_to_its_index() {
        for (index, location, relative) in [
            ("/a/b/i.vpc", "/a/b/c/x.laz", Some("c/x.laz")),
            ("/a/b/i.vpc", "/a/c/x.laz", None),
            ("i.vpc", "./c/x.laz", Some("c/x.laz")),
            ("out/i.vpc", "x.laz", Some("../x.laz")),
            ("out/i.vpc", "out/x.laz", Some("x.laz")),
            ("../i.vpc", "x.laz", None),
            ("i.vpc", "/a/x.laz", None),
            ("/a/i.vpc", "https://h/x.laz", None),
            ("https://h/i.vpc", "https://h/x.laz", None),
        ] {
            let found = Base::beside(index).relative(location);
            assert_eq!(found.as_deref(), relative, "{index} {location}");
        }
    }

    #[test]
    fn files_of_points_are_told_by_their_ending() {
        for (text, is) in [
            ("a.laz", true),
            ("A.LAZ", true),
            ("https://h/a.copc.laz?sig=x", true),
            ("https://h/set/ept.json", true),
            ("\u{e9}.las", true),
            ("a.laz.html", false),
            ("az", false),
            ("Auckland", false),
        ] {
            assert_eq!(is_of_points(text), is, "{text}");
        }
    }
}
