//! Work units as lines of JSON that parse as the same units.

use std::fmt;
use std::str::FromStr;

use ept_format::{Key, NodeName};
use ept_las::Chunk;
use ept_select::{Frame, Query};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::loss_text::LossText;
use super::source_text::UnitSource;
use super::{Unit, UnitNode, invalid};
use crate::Error;

/// The version of the text.
const VERSION: u32 = 1;
/// Maximum number of sources of a dataset, so that a damaged line takes no memory.
const MOST_SOURCES: u32 = 1 << 20;

/// The JSON form of a unit.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UnitText {
    version: u32,
    job: String,
    index: u32,
    of: u32,
    query: Query,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    work: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frame: Option<Frame>,
    source_count: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    locations: Vec<String>,
    sources: Vec<UnitSource>,
    nodes: Vec<NodeText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lost: Vec<LossText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeText {
    #[serde(default, skip_serializing_if = "super::is_0")]
    source: u32,
    node: NameText,
    points: u64,
    /// Offset, size and number of points of each chunk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chunks: Vec<[u64; 3]>,
}

/// A key, or the index of the first chunk and the number of chunks.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum NameText {
    Key(String),
    Chunks([u32; 2]),
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(&UnitText::from(self));
        f.write_str(&text.map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Unit {
    type Err = Error;

    fn from_str(line: &str) -> Result<Unit, Error> {
        let text: UnitText = serde_json::from_str(line).map_err(invalid)?;
        text.unit()
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        UnitText::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unit, D::Error> {
        let text = UnitText::deserialize(deserializer)?;
        text.unit().map_err(de::Error::custom)
    }
}

impl From<&Unit> for UnitText {
    fn from(unit: &Unit) -> UnitText {
        UnitText {
            version: VERSION,
            job: unit.job.clone(),
            index: unit.index,
            of: unit.of,
            query: unit.query.clone(),
            work: unit.work.clone(),
            frame: unit.frame.clone(),
            source_count: unit.source_count,
            locations: unit.locations.clone(),
            sources: unit.sources.clone(),
            nodes: unit.nodes.iter().map(NodeText::from).collect(),
            lost: unit.lost.iter().map(LossText::from).collect(),
        }
    }
}

impl UnitText {
    fn unit(self) -> Result<Unit, Error> {
        if self.version != VERSION {
            let problem = format!("version {}; this program knows {VERSION}", self.version);
            return Err(invalid(problem));
        }
        let nodes = self.nodes.into_iter().map(NodeText::node);
        let lost = self.lost.into_iter().map(LossText::loss);
        let unit = Unit {
            job: self.job,
            index: self.index,
            of: self.of,
            query: self.query,
            work: self.work,
            frame: self.frame,
            source_count: self.source_count,
            locations: self.locations,
            sources: self.sources,
            nodes: nodes.collect::<Result<_, _>>()?,
            lost: lost.collect::<Result<_, _>>()?,
        };
        unit.check()?;
        Ok(unit)
    }
}

impl Unit {
    /// Checks what data could not have: everything that opening and reading rely on.
    fn check(&self) -> Result<(), Error> {
        if self.index >= self.of {
            return Err(invalid(format!("index {} of {}", self.index, self.of)));
        }
        let is_job = |c: char| c.is_ascii_hexdigit();
        if self.job.is_empty() || self.job.len() > 64 || !self.job.chars().all(is_job) {
            return Err(invalid("its job is not a hexadecimal number"));
        }
        if self.source_count > MOST_SOURCES {
            return Err(invalid(format!("{} sources", self.source_count)));
        }
        let numbers: Vec<u32> = self.sources.iter().map(|source| source.number).collect();
        let is_ascending = numbers.is_sorted_by(|a, b| a < b);
        if !is_ascending || numbers.iter().any(|number| *number >= self.source_count) {
            return Err(invalid("its sources are not in order"));
        }
        if self.frame.is_none() && (numbers != [0] || self.source_count != 1) {
            return Err(invalid("several sources need a common frame"));
        }
        let is_known = |node: &UnitNode| numbers.binary_search(&node.source).is_ok();
        if let Some(node) = self.nodes.iter().find(|node| !is_known(node)) {
            return Err(invalid(format!("node {} is of no source", node.name)));
        }
        for source in &self.sources {
            let own = |node: &&UnitNode| node.source == source.number;
            source.check(self.nodes.iter().filter(own))?;
        }
        Ok(())
    }
}

impl From<NodeName> for NameText {
    fn from(name: NodeName) -> NameText {
        match name {
            NodeName::Key(key) => NameText::Key(key.to_string()),
            NodeName::Chunks { first, count } => NameText::Chunks([first, count]),
        }
    }
}

impl NameText {
    pub(super) fn name(self) -> Result<NodeName, Error> {
        Ok(match self {
            NameText::Key(key) => NodeName::Key(key.parse::<Key>()?),
            NameText::Chunks([first, count]) => NodeName::Chunks { first, count },
        })
    }
}

impl From<&UnitNode> for NodeText {
    fn from(node: &UnitNode) -> NodeText {
        let chunk = |chunk: &Chunk| [chunk.at, chunk.size, chunk.points];
        NodeText {
            source: node.source,
            node: NameText::from(node.name),
            points: node.points,
            chunks: node.chunks.iter().map(chunk).collect(),
        }
    }
}

impl NodeText {
    fn node(self) -> Result<UnitNode, Error> {
        let chunk = |[at, size, points]: [u64; 3]| Chunk { points, at, size };
        Ok(UnitNode {
            source: self.source,
            name: self.node.name()?,
            points: self.points,
            chunks: self.chunks.into_iter().map(chunk).collect(),
        })
    }
}
