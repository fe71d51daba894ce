//! Work units: parts of a selection that anyone can read, anywhere, in any order.

mod division;
mod loss_text;
mod source_text;
mod unit_text;

use ept_format::{Node, NodeName};
use ept_las::Chunk;
use ept_select::{Frame, Query};

use crate::members::{Member, Members};
use crate::{Dataset, Engine, Error, Loss, Selection};

use source_text::UnitSource;

/// A part of a selection, which knows all that is needed to read it: a reader asks for the bytes of its nodes only, not
/// for `ept.json`, headers or hierarchy pages. See [`Selection::units`].
///
/// Formatted, it is a line of JSON that parses as the same unit. It contains no secrets: whatever a server wants to know,
/// such as headers, is an option of the engine that reads the unit.
///
/// ```
/// use ept_reader::{Cut, Dataset, Engine, Options, Query, Unit};
/// use futures::TryStreamExt;
///
/// # const LOCATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
/// # #[tokio::main]
/// # async fn main() -> Result<(), ept_reader::Error> {
/// let dataset = Dataset::open(LOCATION).await?;
/// let selection = dataset.select(&Query::new())?;
/// let units = selection.units(&Cut::by_nodes(4.try_into().expect("not 0"))).await?;
///
/// // Elsewhere:
/// let mut points = 0;
/// for line in units.iter().map(ToString::to_string) {
///     let unit: Unit = line.parse()?;
///     let mut tiles = unit.select(&Engine::new(&Options::default()))?.points();
///     while let Some(tile) = tiles.try_next().await? {
///         points += tile.points.len();
///     }
/// }
/// assert_eq!(points, 25_000);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Identifies the division: a hash of all its units.
    job: String,
    index: u32,
    of: u32,
    query: Query,
    /// What is to be made of its points. `None` if it is a file of points.
    work: Option<String>,
    /// The frame of all sources together, if there are several.
    frame: Option<Frame>,
    /// Number of sources of the dataset.
    source_count: u32,
    /// The locations of all sources, if the query asks which source points are of.
    locations: Vec<String>,
    /// The sources of its nodes, by their index in the dataset.
    sources: Vec<UnitSource>,
    nodes: Vec<UnitNode>,
    /// What could not be read when the units were made.
    lost: Vec<Loss>,
}

/// A part of a selection, to become a unit by [`Selection::units_of`].
#[derive(Debug, Clone)]
pub struct UnitPart {
    /// The query for its points.
    pub query: Query,
    /// Its nodes, in the order of the selection.
    pub nodes: Vec<Node>,
    /// What is to be made of its points, as a text that means something to whoever reads the unit.
    pub work: Option<String>,
}

/// A node of a unit.
#[derive(Debug, Clone, PartialEq)]
struct UnitNode {
    source: u32,
    name: NodeName,
    points: u64,
    /// Where it is in its file. Empty if it is a file of its own.
    chunks: Vec<Chunk>,
}

impl Unit {
    /// The dimension that is 1 for points in the halo of a unit, which are other units' points, and 0 for its own.
    pub const HALO: &str = "Halo";

    /// Identifies the division: all units of it have the same text, and no units of another.
    #[must_use]
    pub fn job(&self) -> &str {
        &self.job
    }

    /// The index of the unit in its division, from 0.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Number of units of the division.
    #[must_use]
    pub fn of(&self) -> u32 {
        self.of
    }

    /// The query. That of a unit by area has a core, which leaves the points of other units out.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// What is to be made of its points, as whoever divided the selection said it in [`UnitPart::work`].
    #[must_use]
    pub fn work(&self) -> Option<&str> {
        self.work.as_deref()
    }

    /// The same unit with another query, such as other dimensions. Its areas must be the same, and its core but for the halo.
    #[must_use]
    pub fn with_query(self, query: Query) -> Unit {
        Unit { query, ..self }
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// Number of points of its nodes, before selection.
    #[must_use]
    pub fn points(&self) -> u64 {
        let points = self.nodes.iter().map(|node| node.points);
        points.fold(0, u64::saturating_add)
    }

    /// What could not be read when the units were made, such as a page of the hierarchy: losses of the whole selection,
    /// which the first unit has.
    #[must_use]
    pub fn lost(&self) -> &[Loss] {
        &self.lost
    }

    /// Paths or URLs of the sources of its nodes, in order, without secrets.
    pub fn locations(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| &*source.location)
    }

    /// Binds the unit to its dataset. Nothing is fetched. [`Selection::nodes`] are then the nodes of the unit.
    ///
    /// # Errors
    /// If a location is not supported.
    pub fn select(&self, engine: &Engine) -> Result<Selection, Error> {
        let members = match (&self.frame, &self.sources[..]) {
            (None, [only]) => Members::one(only.open(self.nodes.iter(), None, engine)?),
            (Some(frame), _) => self.members(frame, engine)?,
            (None, _) => return Err(invalid("several sources need a common frame")),
        };
        let dataset = Dataset::from(members);
        let nodes = self.nodes.iter().map(|node| {
            let source = dataset.source_at(node.source)?;
            Ok(node.in_frame(source.frame()))
        });
        let nodes = nodes.collect::<Result<Vec<_>, Error>>()?;
        Ok(dataset.select(&self.query)?.with_nodes(nodes.into()))
    }

    fn members(&self, frame: &Frame, engine: &Engine) -> Result<Members, Error> {
        let location = |number: u32| self.locations.get(number as usize).cloned();
        let members = (0..self.source_count).map(|number| Member::Elsewhere(location(number)));
        let mut members: Vec<Member> = members.collect();
        let first = self.sources.first().map(|source| &*source.location);
        for source in &self.sources {
            let own = |node: &&UnitNode| node.source == source.number;
            let member = source.open(self.nodes.iter().filter(own), first, engine)?;
            members[source.number as usize] = Member::Open(member);
        }
        Members::of_unit(members, engine, frame.clone())
    }
}

impl UnitNode {
    /// The node, in the frame of its source.
    fn in_frame(&self, frame: &Frame) -> Node {
        Node {
            source: self.source,
            name: self.name,
            points: self.points,
            cell: match self.name {
                NodeName::Key(key) => frame.bounds.cell(key),
                NodeName::Chunks { .. } => frame.bounds,
            },
        }
    }
}

fn invalid(problem: impl std::fmt::Display) -> Error {
    Error::Unit(format!("not a work unit: {problem}"))
}

/// Whether a number is left out of a text.
fn is_0(number: &u32) -> bool {
    *number == 0
}
