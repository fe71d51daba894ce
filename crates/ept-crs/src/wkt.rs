//! WKT as a tree.

use std::fmt;

/// Maximum nesting of WKT; real definitions have fewer than ten levels.
const MAX_DEPTH: usize = 16;

/// Maximum length of WKT in bytes; real definitions have a few thousand.
const MAX_LENGTH: usize = 100_000;

/// A keyword with the contents of its brackets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// In upper case.
    pub(crate) keyword: String,
    pub(crate) values: Vec<WktValue>,
}

/// One of the parts in brackets, separated by commas.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum WktValue {
    /// Quoted text.
    Text(String),
    /// A number, or an unquoted word such as `EAST`.
    Word(String),
    Node(Node),
}

impl Node {
    /// Parses a text. `None` if it is malformed, too long or nested too deeply.
    pub(crate) fn parse(text: &str) -> Option<Node> {
        Node::first(text)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(node, _)| node)
    }

    /// Parses the tree at the start of a text. Returns it with the rest of the text.
    pub(crate) fn first(text: &str) -> Option<(Node, &str)> {
        let mut rest = text.trim();
        if rest.len() > MAX_LENGTH {
            return None;
        }
        let WktValue::Node(node) = part(&mut rest, 1)? else {
            return None;
        };
        Some((node, rest.trim()))
    }

    /// Whether a node in the tree, including its root, has a property.
    pub(crate) fn any(&self, has: &impl Fn(&Node) -> bool) -> bool {
        let inner = |part: &WktValue| matches!(part, WktValue::Node(node) if node.any(has));
        has(self) || self.values.iter().any(inner)
    }

    /// The children with one of these keywords.
    pub(crate) fn all<'a>(&'a self, keywords: &'a [&str]) -> impl Iterator<Item = &'a Node> {
        let nodes = self.values.iter().filter_map(|part| match part {
            WktValue::Node(node) => Some(node),
            _ => None,
        });
        nodes.filter(|node| keywords.contains(&&*node.keyword))
    }

    /// The first child with one of these keywords.
    pub(crate) fn find(&self, keywords: &[&str]) -> Option<&Node> {
        let mut parts = self.values.iter();
        parts.find_map(|part| match part {
            WktValue::Node(node) if keywords.contains(&&*node.keyword) => Some(node),
            _ => None,
        })
    }

    /// The text or word at an index.
    pub(crate) fn text(&self, at: usize) -> Option<&str> {
        match self.values.get(at)? {
            WktValue::Text(text) | WktValue::Word(text) => Some(text),
            WktValue::Node(_) => None,
        }
    }

    /// The number at an index, if it is finite.
    pub(crate) fn number(&self, at: usize) -> Option<f64> {
        let number: f64 = self.text(at)?.parse().ok()?;
        number.is_finite().then_some(number)
    }
}

/// Formats the node as text that parses as the same node.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[", self.keyword)?;
        for (at, part) in self.values.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "," })?;
            match part {
                WktValue::Text(text) => write!(f, "\"{}\"", text.replace('"', "\"\""))?,
                WktValue::Word(word) => f.write_str(word)?,
                WktValue::Node(node) => node.fmt(f)?,
            }
        }
        f.write_str("]")
    }
}

/// Parses one part and the blanks after it.
fn part(rest: &mut &str, depth: usize) -> Option<WktValue> {
    if let Some(quoted) = rest.strip_prefix('"') {
        return quoted_text(quoted, rest).map(WktValue::Text);
    }
    let end = rest.find(['[', ']', '(', ')', ',', '"']);
    let (word, more) = rest.split_at(end.unwrap_or(rest.len()));
    let word = word.trim();
    *rest = more;
    if word.is_empty() || depth > MAX_DEPTH {
        return None;
    }
    match rest.strip_prefix(['[', '(']) {
        None => Some(WktValue::Word(word.to_owned())),
        Some(inner) => {
            *rest = inner.trim_start();
            let values = parts(rest, depth + 1)?;
            let keyword = word.to_ascii_uppercase();
            Some(WktValue::Node(Node { keyword, values }))
        }
    }
}

/// Parses parts up to the closing bracket.
fn parts(rest: &mut &str, depth: usize) -> Option<Vec<WktValue>> {
    let mut parts = Vec::new();
    loop {
        parts.push(part(rest, depth)?);
        let more = rest.trim_start();
        let is_end = more.starts_with([']', ')']);
        *rest = more.strip_prefix([',', ']', ')'])?.trim_start();
        if is_end {
            return Some(parts);
        }
    }
}

/// Parses a text up to its closing quote. Two quotes stand for one.
fn quoted_text<'a>(mut from: &'a str, rest: &mut &'a str) -> Option<String> {
    let mut text = String::new();
    loop {
        let (part, more) = from.split_once('"')?;
        text.push_str(part);
        match more.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                from = more;
            }
            None => {
                *rest = more;
                return Some(text);
            }
        }
    }
}
