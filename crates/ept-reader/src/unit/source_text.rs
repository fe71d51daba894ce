//! The sources of a work unit, with what is known of them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use ept_format::NodeName;
use ept_las::Chunk;
use ept_select::Frame;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::{UnitNode, invalid};
use crate::Error;
use crate::engine::{Engine, Fetcher};
use crate::hex::hex;
use crate::location;
use crate::source::{Ept, Head, Known, KnownFile, LasFile, Source};

/// A source of a work unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitSource {
    /// Its index in the dataset.
    #[serde(default, skip_serializing_if = "super::is_0")]
    pub(super) number: u32,
    pub(super) location: String,
    /// Hash of what is known of it.
    fingerprint: String,
    pub(super) frame: Frame,
    known: KnownText,
}

/// What is known of a source besides its frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum KnownText {
    /// The text of `ept.json`.
    Ept(String),
    /// A LAS, LAZ or COPC file.
    File(HeadText),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadText {
    size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stamp: Option<String>,
    start: Base64,
    #[serde(default, skip_serializing_if = "Base64::is_empty")]
    extended: Base64,
    #[serde(default, rename = "extendedCount", skip_serializing_if = "super::is_0")]
    extended_count: u32,
}

/// Bytes as text.
#[derive(Debug, Clone, Default, PartialEq)]
struct Base64(Bytes);

impl UnitSource {
    pub(super) async fn of(
        number: u32,
        source: &dyn Source,
        nodes: &[ept_format::Node],
    ) -> Result<(UnitSource, Vec<Vec<Chunk>>), Error> {
        if source.fetcher().has_secret_url() {
            return Err(Error::Unit(format!(
                "{}: its URL has a user, a password or a query string, which may be secret and is not written to work \
                 units; give secrets as headers or in the environment",
                source.location()
            )));
        }
        let (known, chunks) = match source.known(nodes).await? {
            Known::Ept(text) => {
                let text = String::from_utf8(text.to_vec());
                let text = text.map_err(|_| invalid("ept.json is not UTF-8"))?;
                (KnownText::Ept(text), vec![Vec::new(); nodes.len()])
            }
            Known::File(head, chunks) => (KnownText::File(HeadText::from(head)), chunks),
        };
        let source = UnitSource {
            number,
            location: absolute(source.location())?,
            fingerprint: known.fingerprint(),
            frame: (**source.frame()).clone().without_statistics(),
            known,
        };
        Ok((source, chunks))
    }

    /// Checks the nodes that are in it.
    pub(super) fn check<'a>(&self, nodes: impl Iterator<Item = &'a UnitNode>) -> Result<(), Error> {
        if self.known.fingerprint() != self.fingerprint {
            let problem = format!("what is known of {} is damaged", self.location);
            return Err(invalid(problem));
        }
        let size = match &self.known {
            KnownText::Ept(_) => None,
            KnownText::File(head) => Some(head.size),
        };
        for node in nodes {
            if !is_possible(node, size) {
                let problem = format!("node {} can't be in {}", node.name, self.location);
                return Err(invalid(problem));
            }
        }
        Ok(())
    }

    /// The source, with these nodes. Headers of the options are for the server of `first`, if it is given.
    pub(super) fn open<'a>(
        &self,
        nodes: impl Iterator<Item = &'a UnitNode>,
        first: Option<&str>,
        engine: &Engine,
    ) -> Result<Arc<dyn Source>, Error> {
        let own = engine.options();
        let options =
            location::options_within(first.unwrap_or(&self.location), &self.location, own);
        let frame = self.frame.clone();
        match &self.known {
            KnownText::Ept(text) => {
                let store = location::open(&self.location, &options)?;
                let fetcher = Fetcher::new(store, engine);
                Ok(Arc::new(Ept::of_text(fetcher, text.as_bytes(), frame)?))
            }
            KnownText::File(head) => {
                let (store, path) = location::open_file(&self.location, &options)?;
                let fetcher = Fetcher::new(store, engine);
                let file = LasFile::of_head(fetcher, path, head.head())?;
                let known = nodes.map(|node| (node.in_frame(&self.frame), node.chunks.clone()));
                Ok(Arc::new(KnownFile::new(file, frame, known)))
            }
        }
    }
}

/// Whether a node can be in a file of this size, or in a dataset whose nodes are files of their own.
fn is_possible(node: &UnitNode, size: Option<u64>) -> bool {
    let Some(size) = size else {
        return node.name.key().is_some() && node.chunks.is_empty();
    };
    let mut at = node.chunks.first().map_or(0, |chunk| chunk.at);
    let mut points = 0_u64;
    for chunk in &node.chunks {
        let end = chunk.at.checked_add(chunk.size).filter(|end| *end <= size);
        let sum = points.checked_add(chunk.points);
        let (true, Some(end), Some(sum)) = (chunk.at == at, end, sum) else {
            return false;
        };
        (at, points) = (end, sum);
    }
    let count = match node.name {
        NodeName::Key(_) => 1,
        NodeName::Chunks { count, .. } => count,
    };
    node.chunks.len() as u64 == u64::from(count) && count > 0 && points == node.points
}

/// A location that means the same in every folder.
fn absolute(location: String) -> Result<String, Error> {
    if location.contains("://") {
        return Ok(location);
    }
    let path = std::path::absolute(&location).map_err(|error| Error::Location {
        location: location.clone(),
        problem: error.to_string(),
    })?;
    let path = path.into_os_string().into_string();
    path.map_err(|_| Error::Location {
        location,
        problem: "its path is not Unicode, so it can't be part of a work unit".into(),
    })
}

impl KnownText {
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        match self {
            KnownText::Ept(text) => hash.update(text),
            KnownText::File(head) => {
                hash.update(head.size.to_le_bytes());
                hash.update(head.stamp.as_deref().unwrap_or_default());
                hash.update(&head.start.0);
                hash.update(&head.extended.0);
            }
        }
        hex(&hash.finalize())
    }
}

impl From<Head> for HeadText {
    fn from(head: Head) -> HeadText {
        let (extended, extended_count) = head.extended;
        HeadText {
            size: head.size,
            stamp: head.stamp,
            start: Base64(head.start),
            extended: Base64(extended),
            extended_count,
        }
    }
}

impl HeadText {
    fn head(&self) -> Head {
        Head {
            start: self.start.0.clone(),
            size: self.size,
            stamp: self.stamp.clone(),
            extended: (self.extended.0.clone(), self.extended_count),
        }
    }
}

impl Base64 {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Base64, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64.decode(text).map_err(de::Error::custom)?;
        Ok(Base64(bytes.into()))
    }
}
