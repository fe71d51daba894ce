//! A selection in the words of the command.

/// A selection of points as a user would type it: the words after `ept query`. They contain no secrets.
///
/// ```
/// use ept_view::Words;
///
/// let words = Words {
///     locations: vec!["autzen".into()],
///     flags: vec![("--where".into(), Some("Classification == 2".into()))],
///     has_octree: true,
/// };
/// assert_eq!(words.to_string(), "ept query autzen --where 'Classification == 2'");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The locations of the sources.
    pub locations: Vec<String>,
    /// Flags with their dashes, and their values.
    pub flags: Vec<(String, Option<String>)>,
    /// Whether the source has depths, so that it can be read at a resolution. Others are thinned.
    pub has_octree: bool,
}

impl Default for Words {
    fn default() -> Words {
        Words {
            locations: Vec::new(),
            flags: Vec::new(),
            has_octree: true,
        }
    }
}

impl Words {
    /// The words of a query, unquoted.
    #[must_use]
    pub fn query(&self) -> Vec<String> {
        let mut words: Vec<String> = ["ept", "query"].map(str::to_owned).to_vec();
        words.extend(self.locations.iter().cloned());
        for (flag, value) in &self.flags {
            match value {
                // A value that begins with a dash would be taken for a flag by some.
                Some(value) if value.starts_with('-') => words.push(format!("{flag}={value}")),
                Some(value) => words.extend([flag.clone(), value.clone()]),
                None => words.push(flag.clone()),
            }
        }
        words
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|(known, _)| known == flag)
    }

    pub(crate) fn add(&mut self, flag: &str, value: impl Into<String>) {
        self.flags.push((flag.to_owned(), Some(value.into())));
    }

    pub(crate) fn remove(&mut self, flag: &str) {
        self.flags.retain(|(known, _)| known != flag);
    }

    /// Adds a condition that points must meet too.
    pub(crate) fn restrict(&mut self, condition: &str) {
        let own = self.flags.iter_mut().find(|(flag, _)| flag == "--where");
        match own {
            Some((_, Some(own))) => *own = format!("({own}) && {condition}"),
            _ => self.add("--where", condition),
        }
    }
}

impl std::fmt::Display for Words {
    /// The words as a line for a shell.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.query().iter().map(|word| quoted(word)).collect();
        f.write_str(&words.join(" "))
    }
}

/// A word in the form that the shells of POSIX read as such.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
