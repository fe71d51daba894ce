//! Checks COPC, LAZ and LAS files: whether they are complete and consistent.

use ept_format::{Bounds, NodeName};
use ept_points::{PointBatch, Values};
use futures::StreamExt;

use super::findings::Findings;
use super::outside::Outside;
use super::tiles;
use super::{Checked, Checks, Code, Place, Stage, StageKind, ValidationReport};
use crate::engine::{Engine, Fetcher};
use crate::store::StoreError;
use crate::{Dataset, Error, Header, Loss, LossCause, LostPart, Node, Query, Tile};

/// Results for the points of a node.
struct NodeFacts {
    node: Node,
    cell: Outside,
    header_box: Outside,
    /// Points of each return, from the first.
    returns: [u64; 15],
    points: u64,
}

/// Checks a file.
pub(super) async fn check(
    fetcher: Fetcher,
    path: &str,
    checks: &Checks,
    watch: &mut impl FnMut(Stage),
) -> Result<ValidationReport, Error> {
    let location = fetcher.location(path);
    let mut findings = Findings::new(checks.examples);
    let mut checked = Checked::default();
    let engine = fetcher.engine().clone();
    let opened = Dataset::from_fetcher(fetcher.without_cache(), path).await;
    match opened {
        Ok(dataset) => {
            checked.metadata = true;
            let file = File {
                dataset,
                location: location.clone(),
                engine,
            };
            file.check(checks, &mut findings, &mut checked, watch)
                .await?;
        }
        Err(error) => findings.add(
            unopened(&error)?,
            Place::file(location.as_str()),
            cause(&error),
        ),
    }
    Ok(ValidationReport {
        location,
        findings: findings.into_sorted(),
        checked,
    })
}

/// The finding for a file that can't be opened, or the error if it can't be fetched.
fn unopened(error: &Error) -> Result<Code, Error> {
    match error {
        Error::File { .. } => Ok(Code::FileHeader),
        Error::Format { .. } => Ok(Code::CopcInfo),
        error => Err(error.clone()),
    }
}

/// The cause of an error, without the location.
fn cause(error: &Error) -> String {
    match error {
        Error::File { fault, .. } => fault.to_string(),
        Error::Format { fault, .. } => fault.to_string(),
        error => error.to_string(),
    }
}

struct File {
    dataset: Dataset,
    location: String,
    engine: Engine,
}

impl File {
    async fn check(
        &self,
        checks: &Checks,
        findings: &mut Findings,
        checked: &mut Checked,
        watch: &mut impl FnMut(Stage),
    ) -> Result<(), Error> {
        let nodes = self.nodes(findings, checked).await?;
        self.check_counts(checked.points, findings);
        self.check_places(&nodes, findings).await?;
        if checks.deep {
            self.check_points(nodes, findings, checked, watch).await?;
        }
        Ok(())
    }

    fn place(&self) -> Place {
        Place::file(self.location.as_str())
    }

    fn header(&self) -> Result<&Header, Error> {
        let header = self.dataset.header();
        header.ok_or_else(|| Error::Internal("a file has no header".into()))
    }

    /// All nodes.
    async fn nodes(
        &self,
        findings: &mut Findings,
        checked: &mut Checked,
    ) -> Result<Vec<Node>, Error> {
        let before = self.engine.traffic().requests;
        let mut found = self.dataset.select(&Query::new())?.nodes();
        let mut nodes = Vec::new();
        while let Some(node) = found.next().await {
            match node {
                Ok(node) => nodes.push(node),
                Err(error) => {
                    let loss = error.loss().ok_or_else(|| error.clone())?;
                    let (code, problem) = unreadable(loss);
                    findings.add(code, self.place().with_node(loss.node), problem);
                }
            }
        }
        checked.nodes = nodes.len() as u64;
        checked.points = nodes.iter().map(|node| node.points).sum();
        checked.pages = self.engine.traffic().requests - before;
        checked.headers = 1;
        Ok(nodes)
    }

    /// Compares the number of points in the nodes with that of the header.
    fn check_counts(&self, found: u64, findings: &mut Findings) {
        let Ok(header) = self.header() else {
            return;
        };
        if header.points != found && !findings.has_errors() {
            let problem = format!(
                "the nodes have {found} points, but the header says {}",
                header.points
            );
            findings.add(Code::HeaderCount, self.place(), problem);
        }
        if self.dataset.frame().conforming.is_none() && header.points > 0 {
            let problem = format!("minimum {:?}, maximum {:?}", header.min, header.max);
            findings.add(Code::HeaderBox, self.place(), problem);
        }
    }

    /// Looks for overlapping chunks.
    async fn check_places(&self, nodes: &[Node], findings: &mut Findings) -> Result<(), Error> {
        let mut places = Vec::with_capacity(nodes.len());
        for node in nodes {
            let source = self.dataset.source_of(node)?;
            let place = source.node_place(node).await?;
            places.extend(place.map(|place| (place.start, place.end, node.name)));
        }
        places.sort_unstable();
        for pair in places.windows(2) {
            let [(start, end, first), (next, _, second)] = pair else {
                continue;
            };
            if next < end {
                let problem =
                    format!("its chunk at {next} overlaps that of {first}, bytes {start} to {end}");
                findings.add(Code::ChunkOverlap, self.place().with_node(*second), problem);
            }
        }
        Ok(())
    }

    /// Decodes every point.
    async fn check_points(
        &self,
        nodes: Vec<Node>,
        findings: &mut Findings,
        checked: &mut Checked,
        watch: &mut impl FnMut(Stage),
    ) -> Result<(), Error> {
        let header = self.header()?.clone();
        let extent = self.dataset.frame().conforming;
        let slack = self.dataset.frame().slack;
        let make = move |tile: Tile| NodeFacts::of(&tile, extent.as_ref(), slack);
        let nodes = futures::stream::iter(nodes.into_iter().map(Ok));
        let all = self.dataset.select(&Query::new())?;
        let mut facts = all.map_nodes(nodes, make);
        let (mut returns, mut points) = ([0; 15], 0);
        while let Some(fact) = facts.next().await {
            checked.tiles += 1;
            match fact {
                Ok(fact) => {
                    checked.decoded += 1;
                    points += fact.points;
                    for (sum, more) in returns.iter_mut().zip(fact.returns) {
                        *sum += more;
                    }
                    self.add(&fact, findings);
                }
                Err(error) => {
                    let loss = error.loss().ok_or_else(|| error.clone())?;
                    let (code, problem) = unreadable(loss);
                    findings.add(code, self.place().with_node(loss.node), problem);
                }
            }
            watch(Stage {
                kind: StageKind::Tiles,
                done: checked.tiles,
                of: checked.nodes,
            });
        }
        let is_counted = header.points_by_return.iter().any(|count| *count > 0);
        if points == header.points && is_counted && returns != header.points_by_return {
            let problem = format!(
                "points by return are {returns:?}, but the header says {:?}",
                header.points_by_return
            );
            findings.add(Code::HeaderReturns, self.place(), problem);
        }
        Ok(())
    }

    fn add(&self, fact: &NodeFacts, findings: &mut Findings) {
        let place = || self.place().with_node(fact.node.name);
        if let Some(problem) = fact.cell.problem() {
            findings.add(Code::PointOutside, place(), problem);
        }
        if let Some(problem) = fact.header_box.problem() {
            findings.add(Code::HeaderBoxPoints, place(), problem);
        }
    }
}

impl NodeFacts {
    fn of(tile: &Tile, extent: Option<&Bounds>, slack: [f64; 3]) -> NodeFacts {
        let Tile { node, points } = tile;
        let cell = match node.name {
            NodeName::Key(_) => Outside::of(points, &node.cell.grown(slack)),
            NodeName::Chunks { .. } => Outside::default(),
        };
        NodeFacts {
            node: *node,
            cell,
            header_box: extent.map_or_else(Outside::default, |extent| {
                Outside::of(points, &extent.grown(slack))
            }),
            returns: returns(points),
            points: points.len() as u64,
        }
    }
}

/// Points of each return.
fn returns(points: &PointBatch) -> [u64; 15] {
    let mut returns = [0; 15];
    if let Some(Values::U8(numbers)) = points.values("ReturnNumber") {
        for number in numbers {
            let at = usize::from(*number).checked_sub(1);
            if let Some(count) = at.and_then(|at| returns.get_mut(at)) {
                *count += 1;
            }
        }
    }
    returns
}

/// The finding for a part that can't be read.
fn unreadable(loss: &Loss) -> (Code, String) {
    match (loss.part, &loss.cause) {
        (LostPart::File { .. }, LossCause::Decode(fault)) => (Code::ChunkTable, fault.to_string()),
        (LostPart::Page, LossCause::Format(fault)) => (Code::CopcPage, fault.to_string()),
        (LostPart::Page, LossCause::Fetch(StoreError::Failed { cause, .. })) => {
            (Code::CopcPage, cause.clone())
        }
        (_, cause) => tiles::loss(cause),
    }
}
