//! Checks the tiles: whether they exist, their sizes, and their headers.

use std::sync::Arc;

use ept_format::{DataType, Node};
use ept_points::{DecodeError, TileHeader};
use futures::{StreamExt, stream};

use super::findings::Findings;
use super::traits::Traits;
use super::{Checked, Code, Place};
use crate::Ept;
use crate::engine::Task;
use crate::source::{self, Source};
use crate::store::StoreError;
use crate::{Error, LossCause};

/// Number of bytes read first for a header. Few are longer.
const START: u64 = 16 << 10;
/// The first bytes of a Zstandard frame (RFC 8878, section 3.1.1).
const ZSTANDARD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Results for a tile.
struct TileCheck {
    node: Node,
    problem: Option<(Code, String)>,
    header: Option<TileHeader>,
    /// Whether its existence was checked.
    is_known: bool,
    has_start: bool,
}

/// Checks that each tile exists, and reads the headers of at most `headers` of them, evenly spread.
pub(super) async fn check(
    ept: &Arc<Ept>,
    nodes: impl Iterator<Item = Node> + Send,
    headers: u64,
    findings: &mut Findings,
    checked: &mut Checked,
    mut watch: impl FnMut(u64, u64),
) -> Result<(), Error> {
    let count = checked.nodes;
    let looks = nodes.zip(0_u64..).map(|(node, at)| {
        let (ept, with_start) = (Arc::clone(ept), is_sampled(at, count, headers));
        Task::spawn(async move { look(&ept, node, with_start).await })
    });
    let ahead = ept.engine().limits().requests.get() * 2;
    let mut looks = stream::iter(looks).buffered(ahead);
    let mut traits = Traits::new(ept);
    let mut unknown = 0;
    while let Some(look) = looks.next().await {
        let look = look?;
        checked.tiles += u64::from(look.is_known);
        checked.headers += u64::from(look.has_start);
        unknown += u64::from(!look.is_known);
        if let Some((code, problem)) = look.problem {
            findings.add(code, tile_place(ept, &look.node), problem);
        }
        if let Some(header) = look.header {
            let names = header.dimensions.iter().map(|name| &**name);
            let format = Some(header.point_format);
            traits.add(&look.node, Some(&header.scaling), format, names, findings);
        }
        watch(checked.tiles + unknown, count);
    }
    traits.finish(findings);
    if unknown > 0 {
        let place = Place::file(ept.location("ept-data"));
        let problem = format!("{unknown} of {count} tiles were not checked");
        findings.add(Code::SizesUnknown, place, problem);
    }
    Ok(())
}

/// Whether index `at` is among `most` of `count`, evenly spread from the first on.
pub(super) fn is_sampled(at: u64, count: u64, most: u64) -> bool {
    let rank = |at: u64| u128::from(at) * u128::from(most) / u128::from(count.max(1));
    most > 0 && (count <= most || at == 0 || rank(at) != rank(at - 1))
}

/// The finding for a tile that could not be fetched.
fn missing(error: &StoreError) -> (Code, String) {
    let code = match error {
        // Some object stores deny access to missing files.
        StoreError::NotFound { .. } | StoreError::Denied { .. } => Code::TileMissing,
        _ => Code::TileFetch,
    };
    (code, error.cause().to_owned())
}

/// The finding for a tile that could not be decoded.
fn undecodable(error: &DecodeError) -> (Code, String) {
    let code = match error {
        DecodeError::Empty => Code::TileEmpty,
        DecodeError::Count { .. } => Code::TileCount,
        _ => Code::TileCorrupt,
    };
    (code, error.to_string())
}

/// The finding for a tile that could not be read.
pub(super) fn loss(cause: &LossCause) -> (Code, String) {
    match cause {
        LossCause::Fetch(error) => missing(error),
        LossCause::Decode(error) => undecodable(error),
        LossCause::TooLarge(_) => (Code::TileTooLarge, cause.to_string()),
        LossCause::Format(_) | LossCause::Told(_) => (Code::TileCorrupt, cause.to_string()),
    }
}

pub(super) fn tile_place(ept: &Ept, node: &Node) -> Place {
    Place::file(ept.location(&ept.metadata().tile_path(node.name))).with_node(node.name)
}

async fn look(ept: &Ept, node: Node, with_start: bool) -> TileCheck {
    let mut look = TileCheck {
        node,
        problem: None,
        header: None,
        is_known: true,
        has_start: false,
    };
    let path = ept.metadata().tile_path(node.name);
    let size = match ept.fetcher().size(&path).await {
        Ok(size) => size,
        Err(error) => {
            look.problem = Some(missing(&error));
            return look;
        }
    };
    look.is_known = size.is_some() || with_start;
    look.problem = size.and_then(|size| size_problem(ept, &node, size));
    if with_start && look.problem.is_none() {
        look.has_start = true;
        match header(ept, &path, &node, size).await {
            Ok(header) => look.header = header,
            Err(problem) => look.problem = Some(problem),
        }
    }
    look
}

/// Checks the size of a tile.
fn size_problem(ept: &Ept, node: &Node, size: u64) -> Option<(Code, String)> {
    if size == 0 {
        return Some(undecodable(&DecodeError::Empty));
    }
    if ept.metadata().data_type() != DataType::Binary {
        return None;
    }
    let sizes = ept
        .metadata()
        .schema()
        .iter()
        .map(|d| d.scalar.size() as u64);
    let record = sizes.sum::<u64>().max(1);
    if !size.is_multiple_of(record) {
        let problem = format!("{size} bytes are not a whole number of {record}-byte points");
        return Some((Code::TileCorrupt, problem));
    }
    let error = DecodeError::Count {
        expected: node.points,
        found: size / record,
    };
    (size / record != node.points).then(|| undecodable(&error))
}

/// Whether the chunks of a laszip tile are all there: a file that was cut off has lost its table, which is at the end.
async fn chunks(ept: &Ept, path: &str) -> Result<(), (Code, String)> {
    let found = source::check_chunks(ept.fetcher().clone(), path.to_owned()).await;
    found.map_err(|error| match error.loss() {
        Some(lost) => loss(&lost.cause),
        None => (Code::TileCorrupt, error.to_string()),
    })
}

/// Checks the first bytes of a tile. Returns the header of a laszip tile.
async fn header(
    ept: &Ept,
    path: &str,
    node: &Node,
    size: Option<u64>,
) -> Result<Option<TileHeader>, (Code, String)> {
    // Without a size, the whole file must be read.
    let bytes = match size {
        Some(_) => {
            let start = ept.fetcher().range(path, 0..START).await;
            start.map_err(|error| missing(&error))?
        }
        None => {
            let (usual, most) = (ept.usual_tile_bytes(node), ept.most_tile_bytes(node));
            let retry = ept.engine().options().retry;
            let whole = ept.fetcher().get_roomy(path, usual, most, &retry).await;
            whole.map_err(|error| missing(&error))?
        }
    };
    match ept.metadata().data_type() {
        DataType::Binary => match size_problem(ept, node, size.unwrap_or(bytes.len() as u64)) {
            Some(problem) => Err(problem),
            None => Ok(None),
        },
        DataType::Zstandard if bytes.is_empty() => Err(undecodable(&DecodeError::Empty)),
        DataType::Zstandard if bytes.starts_with(&ZSTANDARD) => Ok(None),
        DataType::Zstandard => Err((
            Code::TileCorrupt,
            "it does not start with a Zstandard frame".into(),
        )),
        DataType::Laszip => {
            let size = size.unwrap_or(bytes.len() as u64);
            let header = ept.header_of(path, size, bytes).await;
            let header = header.map_err(|cause| loss(&cause))?;
            if !ept.fetcher().is_remote() {
                chunks(ept, path).await?;
            }
            if header.points == node.points {
                Ok(Some(header))
            } else {
                Err(undecodable(&DecodeError::Count {
                    expected: node.points,
                    found: header.points,
                }))
            }
        }
    }
}
