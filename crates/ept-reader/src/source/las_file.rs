//! A LAS or LAZ file in a store: the header and VLRs, and access to its bytes.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use ept_format::{Bounds, CopcInfo, Dimension, FormatError, Node, NodeName, Srs};
use ept_las::{Header, Lax, Vlr, VlrId, Vlrs, srs_of};
use ept_points::{DecodeError, FileDecoder, PointBatch, TileHeader, Wish};
use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::{Encoded, text};
use crate::engine::{Fetcher, Retry};
use crate::store::{Start, StoreError};
use crate::{Error, Loss, LossCause, LostPart};

/// An open LAS or LAZ file: its header and VLRs were read, its points were not.
#[derive(Debug)]
pub(crate) struct LasFile {
    fetcher: Fetcher,
    path: String,
    head: Head,
    decoder: FileDecoder,
    srs: Srs,
    copc: Option<CopcInfo>,
}

/// What is known of a file before its points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    /// The header and VLRs.
    pub(crate) start: Bytes,
    /// Size of the whole file in bytes.
    pub(crate) size: u64,
    /// What identifies its contents, see [`Start::stamp`].
    pub(crate) stamp: Option<String>,
    /// Extended VLRs that describe the points, and their number.
    pub(crate) extended: (Bytes, u32),
}

/// Number of bytes fetched first: header and VLRs of nearly every file.
const START: u64 = 1 << 16;
/// Maximum number of extended VLRs visited. Real files have a handful.
const MOST_EVLRS: u32 = 1000;

impl LasFile {
    /// Opens the file at a path in a store.
    pub(crate) async fn open(fetcher: Fetcher, path: String) -> Result<LasFile, Error> {
        let begin = fetcher.start(&path, START).await?;
        let fetcher = fetcher.of_file(&begin);
        let stamp = begin.stamp.clone();
        let (start, size) = start(&fetcher, &path, begin).await?;
        let length = Header::length_with_vlrs(&start).min(start.len() as u64);
        let mut head = Head {
            // A copy, so that what follows is not kept.
            start: Bytes::copy_from_slice(&start[..length as usize]),
            size,
            stamp,
            extended: (Bytes::new(), 0),
        };
        let mut file = LasFile::parsed(fetcher, path, head.clone())?;
        if file.wants_extended() {
            let kinds = [VlrId::WKT, VlrId::EXTRA_BYTES];
            let LasFile { fetcher, path, .. } = file;
            let header = file.decoder.header();
            let (extended, count) = evlrs(&fetcher, &path, header, size, &kinds).await?;
            head.extended = (extended.into(), count);
            file = LasFile::parsed(fetcher, path, head)?;
        }
        Ok(file)
    }

    /// The file of which this is known. Nothing is fetched.
    pub(crate) fn of_head(fetcher: Fetcher, path: String, head: Head) -> Result<LasFile, Error> {
        let fetcher = fetcher.of_file(&Start {
            bytes: head.start.clone(),
            size: Some(head.size),
            stamp: head.stamp.clone(),
        });
        LasFile::parsed(fetcher, path, head)
    }

    fn parsed(fetcher: Fetcher, path: String, head: Head) -> Result<LasFile, Error> {
        let fault = |fault: DecodeError| Error::File {
            location: fetcher.location(&path),
            fault,
        };
        let (extended, count) = (&head.extended.0[..], head.extended.1);
        let header = Header::parse(&head.start, head.size).map_err(|error| fault(error.into()))?;
        let records = header.vlrs(&head.start).collect::<Result<Vec<_>, _>>();
        let records = records.map_err(|error| fault(error.into()))?;
        let copc = copc_info(&records).map_err(|fault| Error::Format {
            location: fetcher.location(&path),
            fault,
        })?;
        let decoder = FileDecoder::new(header, &head.start, (extended, count)).map_err(fault)?;
        let decoder = decoder.with_decompressors(fetcher.engine().decompressors());
        let more = Vlrs::extended(extended, count).flatten();
        let told = fetcher.engine().options().srs.clone();
        let srs = told.unwrap_or_else(|| srs_of(records.into_iter().chain(more)));
        Ok(LasFile {
            fetcher,
            path,
            head,
            decoder,
            srs,
            copc,
        })
    }

    /// Whether extended VLRs may say what the VLRs don't.
    fn wants_extended(&self) -> bool {
        let header = self.header();
        let is_wkt = |record: Result<Vlr<'_>, _>| record.is_ok_and(|record| record.is(VlrId::WKT));
        let has_wkt = || header.vlrs(&self.head.start).any(is_wkt);
        let wants_wkt = header.global_encoding & Header::WKT != 0 && !has_wkt();
        header.evlr_count > 0 && (wants_wkt || self.decoder.has_nameless_bytes())
    }

    /// What is known of the file before its points.
    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    pub(crate) fn header(&self) -> &Header {
        self.decoder.header()
    }

    pub(crate) fn decoder(&self) -> &FileDecoder {
        &self.decoder
    }

    pub(crate) fn schema(&self) -> &[Dimension] {
        self.decoder.schema()
    }

    pub(crate) fn srs(&self) -> &Srs {
        &self.srs
    }

    /// Size of the file in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.head.size
    }

    /// The octree, if the file is COPC.
    pub(crate) fn copc(&self) -> Option<&CopcInfo> {
        self.copc.as_ref()
    }

    pub(crate) fn location(&self) -> String {
        self.fetcher.location(&self.path)
    }

    /// Bounds according to the header. `None` if they are invalid: some writers leave them out.
    pub(crate) fn extent(&self) -> Option<Bounds> {
        let header = self.header();
        let is_left_out = header.min == [0.0; 3] && header.max == [0.0; 3] && header.points > 1;
        let extent = Bounds::new(header.min, header.max).ok()?;
        let is_finite = [header.min, header.max]
            .as_flattened()
            .iter()
            .all(|c| c.is_finite());
        (is_finite && !is_left_out).then_some(extent)
    }

    /// Difference between adjacent coordinates on each axis.
    pub(crate) fn quantum(&self) -> [f64; 3] {
        self.header().scaling.scale.map(f64::abs)
    }

    /// The bytes of the file in a range, all of them, which have nothing to do with points.
    pub(crate) async fn range(
        &self,
        range: Range<u64>,
        retry: &Retry,
    ) -> Result<Bytes, StoreError> {
        let most = self.fetcher.engine().limits().file_bytes.get();
        self.read(range, text::USUAL as u64, most, retry).await
    }

    /// The bytes of the file in a range that holds this many points, all of them.
    async fn tile(
        &self,
        range: Range<u64>,
        points: u64,
        retry: &Retry,
    ) -> Result<Bytes, StoreError> {
        let record = self.header().record_length;
        let limits = self.fetcher.engine().limits();
        let most = limits.tile_bytes(points, record.into());
        // Compressed points rarely take more than they do in records.
        let usual = points.saturating_mul(record.into());
        let usual = usual.saturating_add(START);
        self.read(range, usual, most, retry).await
    }

    async fn read(
        &self,
        range: Range<u64>,
        usual: u64,
        most: usize,
        retry: &Retry,
    ) -> Result<Bytes, StoreError> {
        let length = range.end - range.start;
        if length > most as u64 {
            return Err(StoreError::too_large(self.location(), most));
        }
        let bytes = self.fetcher.range_roomy(&self.path, range, usual, retry);
        let bytes = bytes.await?;
        if bytes.len() as u64 == length {
            Ok(bytes)
        } else {
            Err(StoreError::Failed {
                location: self.location(),
                cause: "the file was truncated while it was being read".into(),
            })
        }
    }

    /// The spatial index, from an extended VLR or a file beside this one. `None` if there is none that matches the
    /// points. It only saves reading.
    pub(crate) async fn lax(&self) -> Option<Lax> {
        let header = self.header();
        let (found, count) = evlrs(
            &self.fetcher,
            &self.path,
            header,
            self.size(),
            &[VlrId::LAX],
        )
        .await
        .ok()?;
        let record = Vlrs::extended(&found, count).flatten().next();
        let lax = match record {
            Some(record) => Lax::parse(record.data),
            None => {
                let (stem, _) = self.path.rsplit_once('.')?;
                let most = self.fetcher.engine().limits().metadata_bytes.get();
                let beside = format!("{stem}.lax");
                let bytes = self.fetcher.get_with(&beside, most, &Retry::NEVER).await;
                Lax::parse(&bytes.ok()?)
            }
        };
        lax.ok().filter(|lax| lax.is_of(header.points))
    }

    /// The bytes of a node. `place` finds where they are, `None` if the file has no such node.
    pub(crate) async fn fetch(
        &self,
        node: &Node,
        place: impl Future<Output = Result<Option<Range<u64>>, Error>>,
        retry: &Retry,
    ) -> Result<Encoded, Error> {
        let most = self.fetcher.engine().limits().tile_points;
        if node.points > most {
            return Err(self.lost_node(node, LossCause::TooLarge(most)));
        }
        let place = place.await?.ok_or_else(|| self.miscounted(node, 0))?;
        let tile = self.tile(place, node.points, retry).await;
        let tile = tile.map_err(|error| self.lost_node(node, LossCause::Fetch(error)))?;
        let beside = Vec::new();
        Ok(Encoded { tile, beside })
    }

    /// The points of a node, of its chunks and their numbers of points.
    pub(crate) fn decode(
        &self,
        wish: &Wish,
        node: &Node,
        chunks: &[(u64, &[u8])],
    ) -> Result<PointBatch, Error> {
        let decoded = self.decoder.decode(wish, chunks);
        decoded.map_err(|error| match error {
            // Not the chunk's fault.
            DecodeError::NoDimension { .. } => Error::Decode(error),
            error => self.lost_node(node, LossCause::Decode(error)),
        })
    }

    /// Checks the number of points that the chunk of an octree's node says it has.
    pub(crate) fn check_count(&self, node: &Node, chunk: &[u8]) -> Result<(), Error> {
        match self.decoder.points_of(chunk) {
            Some(found) if found != node.points => Err(self.miscounted(node, found)),
            _ => Ok(()),
        }
    }

    /// Drops a node from the cache; see [`Source::forget`](super::Source::forget).
    pub(crate) async fn forget(
        &self,
        place: impl Future<Output = Result<Option<Range<u64>>, Error>>,
    ) -> bool {
        match place.await {
            Ok(Some(place)) => self.fetcher.forget_range(&self.path, &place).await,
            _ => false,
        }
    }

    /// What precedes the points of every node.
    pub(crate) fn tile_header<'a>(&self) -> BoxFuture<'a, Result<Option<TileHeader>, LossCause>> {
        let header = self.decoder.tile_header();
        ready(header.map(Some).map_err(LossCause::Decode)).boxed()
    }

    /// The error for a node that cannot be read.
    pub(crate) fn lost_node(&self, node: &Node, cause: LossCause) -> Error {
        let points = node.points;
        self.lost(LostPart::Tile { points }, node.name, node.cell, cause)
    }

    /// The error for a node that has another number of points than is said of it.
    pub(crate) fn miscounted(&self, node: &Node, found: u64) -> Error {
        let expected = node.points;
        self.lost_node(
            node,
            LossCause::Decode(DecodeError::Count { expected, found }),
        )
    }

    /// The error for a part of the file that can't be read.
    pub(crate) fn lost(
        &self,
        part: LostPart,
        node: NodeName,
        cell: Bounds,
        cause: LossCause,
    ) -> Error {
        if let LossCause::Fetch(StoreError::Changed { location }) = cause {
            return Error::Changed { location };
        }
        Error::Lost(Box::new(Loss {
            part,
            node,
            source_number: 0,
            cell,
            location: self.location(),
            cause,
        }))
    }

    /// The error for a file with an invalid octree or chunk table.
    pub(crate) fn fault(&self, fault: FormatError) -> Error {
        Error::Format {
            location: self.location(),
            fault,
        }
    }
}

/// The octree of a COPC file, whose info is in the first VLR. `None` for other files.
fn copc_info(records: &[Vlr<'_>]) -> Result<Option<CopcInfo>, FormatError> {
    let info = records.first().filter(|record| record.is(VlrId::COPC_INFO));
    info.map(|record| CopcInfo::parse(record.data)).transpose()
}

/// The header and all VLRs of a file, and its size.
async fn start(fetcher: &Fetcher, path: &str, start: Start) -> Result<(Bytes, u64), Error> {
    let size = start.size.ok_or_else(|| Error::Location {
        location: fetcher.location(path),
        problem: "the server does not tell the size of the file; download it first".into(),
    })?;
    let length = Header::length_with_vlrs(&start.bytes).min(size);
    if !start.bytes.starts_with(b"LASF") || length <= start.bytes.len() as u64 {
        return Ok((start.bytes, size));
    }
    let limit = fetcher.engine().limits().metadata_bytes.get() as u64;
    if length > limit {
        return Err(Error::TooLarge {
            location: fetcher.location(path),
            problem: format!(
                "its header and records have {length} bytes, more than the limit of {limit}"
            ),
        });
    }
    let rest = start.bytes.len() as u64..length;
    let rest = fetcher.range(path, rest).await?;
    let mut all = BytesMut::from(start.bytes);
    all.extend_from_slice(&rest);
    Ok((all.freeze(), size))
}

/// The extended VLRs of some kinds, as stored, and their number. Others may have gigabytes and are skipped.
async fn evlrs(
    fetcher: &Fetcher,
    path: &str,
    header: &Header,
    size: u64,
    kinds: &[VlrId],
) -> Result<(Vec<u8>, u32), Error> {
    let limit = fetcher.engine().limits().metadata_bytes.get() as u64;
    let (mut found, mut count, mut at) = (Vec::new(), 0, header.evlrs_at);
    let mut window = (0, Bytes::new());
    for _ in 0..header.evlr_count.min(MOST_EVLRS) {
        // One request contains the headers of several small VLRs.
        let head = part(&window, at, Vlr::EXTENDED_HEADER_SIZE);
        let head = match head {
            Some(head) => head,
            None => {
                window = (at, fetcher.range(path, at..at.saturating_add(START)).await?);
                part(&window, at, Vlr::EXTENDED_HEADER_SIZE).unwrap_or_default()
            }
        };
        let cut_off = || Error::File {
            location: fetcher.location(path),
            fault: DecodeError::Corrupt {
                what: "extended variable length records",
                problem: format!("a record at {at} is truncated"),
            },
        };
        let (user, number, length) = Vlr::extended_header(&head).ok_or_else(cut_off)?;
        let end = at.checked_add(Vlr::EXTENDED_HEADER_SIZE + length.min(size));
        let end = end
            .filter(|end| *end <= size && length <= size)
            .ok_or_else(cut_off)?;
        let is_wanted = |kind: &VlrId| user == kind.user && number == kind.number;
        if kinds.iter().any(is_wanted) && length <= limit - found.len() as u64 {
            let record = match part(&window, at, end - at) {
                Some(record) => record,
                None => fetcher.range(path, at..end).await?,
            };
            found.extend_from_slice(&record);
            count += 1;
        }
        at = end;
    }
    Ok((found, count))
}

/// Some bytes of a window into the file. `None` if it doesn't contain all of them.
fn part((start, bytes): &(u64, Bytes), at: u64, length: u64) -> Option<Bytes> {
    let from = usize::try_from(at.checked_sub(*start)?).ok()?;
    let to = from.checked_add(usize::try_from(length).ok()?)?;
    (to <= bytes.len()).then(|| bytes.slice(from..to))
}
