//! A page of the hierarchy: nodes with their counts, and pointers to further pages.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::{FormatError, Key, json};

/// A value of the hierarchy (specification, section "ept-hierarchy").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The number of points of the node. It is 0 in some real datasets, where the tile may not exist.
    Points(u64),
    /// -1: the node and its descendants are listed in a page of their own.
    Page,
}

/// A page of a hierarchy, for example one file of `ept-hierarchy`, in preorder, so that each subtree is contiguous.
///
/// A node's parent need not be in the page: some real hierarchies lack even the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    entries: Vec<(Key, Entry)>,
}

impl Page {
    /// Parses the JSON of a page, which must be decompressed already.
    ///
    /// # Errors
    /// If the text is not a JSON object, a key is not a node key, a value is neither a number of points nor -1, or a
    /// node is listed twice with different values.
    pub fn from_json(text: &[u8]) -> Result<Page, FormatError> {
        let (mut fault, mut last) = (None, None);
        let mut reader = serde_json::Deserializer::from_slice(json::strip_bom(text));
        let parsed = reader
            .deserialize_map(Entries {
                fault: &mut fault,
                last: &mut last,
            })
            .and_then(|entries| reader.end().map(|()| entries));
        let mut entries = match (parsed, fault) {
            (_, Some(fault)) => return Err(fault),
            (Err(error), None) => return Err(not_a_page(text, &error, last)),
            (Ok(entries), None) => entries,
        };
        put_in_order(&mut entries)?;
        Ok(Page { entries })
    }

    /// A page of entries that are in preorder, each node once.
    pub(crate) fn of_sorted(entries: Vec<(Key, Entry)>) -> Page {
        Page { entries }
    }

    /// The entry of a node. `None` if the page doesn't list it.
    #[must_use]
    pub fn entry(&self, key: Key) -> Option<Entry> {
        self.position(key).map(|at| self.entries[at].1)
    }

    /// The entry of the node or of its deepest ancestor in the page, with its key.
    #[must_use]
    pub fn deepest_on_the_way(&self, key: Key) -> Option<(Key, Entry)> {
        let mut depths = (0..=key.depth()).rev();
        depths.find_map(|depth| {
            let ancestor = key.ancestor(depth);
            self.entry(ancestor).map(|entry| (ancestor, entry))
        })
    }

    /// The index of a node's entry.
    pub(crate) fn position(&self, key: Key) -> Option<usize> {
        let place = self
            .entries
            .binary_search_by(|(other, _)| other.cmp_preorder(&key));
        place.ok()
    }

    /// The entries, in preorder: a node comes before its descendants.
    #[must_use]
    pub fn entries(&self) -> &[(Key, Entry)] {
        &self.entries
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Points(points) => points.fmt(f),
            Entry::Page => f.write_str("-1"),
        }
    }
}

/// Sorts entries and drops what is listed once more.
fn put_in_order(entries: &mut Vec<(Key, Entry)>) -> Result<(), FormatError> {
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp_preorder(b));
    let mut pairs = entries.windows(2);
    if let Some(twice) = pairs.find(|w| w[0].0 == w[1].0 && w[0].1 != w[1].1) {
        let problem = format!("is listed twice, as {} and {}", twice[0].1, twice[1].1);
        return Err(FormatError::entry(twice[0].0, problem));
    }
    entries.dedup_by_key(|(key, _)| *key);
    Ok(())
}

/// Entries after which what is listed once more is dropped while a page is read: it takes more memory than its text.
const MANY: usize = 1 << 19;

/// The error for a text at which serde stopped after the key `last`: it is not JSON, or JSON of another shape.
fn not_a_page(text: &[u8], error: &serde_json::Error, last: Option<Key>) -> FormatError {
    match last {
        _ if !error.is_data() => json::not_json(text, error),
        Some(key) => FormatError::entry(key, error.to_string()),
        None => FormatError::field("ept-hierarchy", "must be a JSON object"),
    }
}

/// Visits the entries as serde parses them. An error of ours is kept beside serde's error, which could carry it only as
/// text.
struct Entries<'a> {
    fault: &'a mut Option<FormatError>,
    last: &'a mut Option<Key>,
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = Vec<(Key, Entry)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of node keys and point counts")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut entries = Vec::new();
        let mut many = MANY;
        while let Some(key) = map.next_key_seed(KeyText)? {
            let key: Key = match key.parse() {
                Ok(key) => key,
                Err(error) => {
                    *self.fault = Some(error);
                    return Err(M::Error::custom("key"));
                }
            };
            *self.last = Some(key);
            match map.next_value_seed(Count)? {
                Ok(entry) => entries.push((key, entry)),
                Err(value) => {
                    let problem = format!("{value} is neither a number of points nor -1");
                    *self.fault = Some(FormatError::entry(key, problem));
                    return Err(M::Error::custom("count"));
                }
            }
            if entries.len() >= many {
                if let Err(error) = put_in_order(&mut entries) {
                    *self.fault = Some(error);
                    return Err(M::Error::custom("key"));
                }
                many = MANY.max(entries.len() * 2);
            }
        }
        Ok(entries)
    }
}

/// The text of a key, borrowed from the page unless it contains escapes.
struct KeyText;

impl<'de> DeserializeSeed<'de> for KeyText {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a node key")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// A count. `Err` contains the text of an invalid one.
struct Count;

impl<'de> DeserializeSeed<'de> for Count {
    type Value = Result<Entry, String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl Visitor<'_> for Count {
    type Value = Result<Entry, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of points or -1")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Ok(Entry::Points(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(match value {
            -1 => Ok(Entry::Page),
            _ => Err(value.to_string()),
        })
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(if value == -1.0 {
            Ok(Entry::Page)
        } else {
            json::whole(&value.into())
                .map(Entry::Points)
                .ok_or_else(|| value.to_string())
        })
    }
}
