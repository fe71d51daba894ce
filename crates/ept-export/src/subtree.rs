//! The points of a subtree of an octree, divided as they come.

use std::io::{self, Read, Seek, Write};

use ept_format::{Bounds, Key};
use ept_points::Scaling;

use crate::octree_cells::Cells;
use crate::spool::Spool;

/// Maximum number of points that are not divided further.
pub(crate) const LEAF_POINTS: u64 = 50_000;
/// Depth at which a node takes all remaining points: so many are in the same place.
pub(crate) const MAX_DEPTH: u32 = 24;
/// Levels of nodes that are divided at once. Below them are at most 64 nodes, each with a scratch file.
const LEVELS: u32 = 2;

/// Creates an empty file for reading and writing.
pub(crate) type Scratch<F> = Box<dyn FnMut() -> io::Result<F> + Send>;

/// What a subtree must know of the octree.
pub(crate) struct Site<'a, F> {
    pub(crate) cube: &'a Bounds,
    pub(crate) scaling: Scaling,
    /// Size of a record in bytes.
    pub(crate) size: usize,
    pub(crate) scratch: &'a mut Scratch<F>,
}

/// The points of a node and of those below it.
pub(crate) struct Subtree<F: Write> {
    pub(crate) key: Key,
    pub(crate) points: Points<F>,
    /// Levels above it that are divided at once.
    level: u32,
}

/// Where the points of a subtree are.
pub(crate) enum Points<F: Write> {
    /// In memory, so few that the node takes all of them unless more come.
    Few(Vec<u8>),
    /// In its nodes.
    Divided(Box<Divided<F>>),
    /// In a scratch file, to be divided later.
    Later(Spool<F>),
}

/// A node that has more points than it takes.
pub(crate) struct Divided<F: Write> {
    cells: Cells,
    /// The points that it takes.
    pub(crate) own: Spool<F>,
    /// Its children, in the order of [`Key::children`].
    pub(crate) below: [Option<Subtree<F>>; 8],
}

impl<F: Read + Write + Seek> Subtree<F> {
    /// A subtree without points.
    pub(crate) fn new(key: Key) -> Subtree<F> {
        Subtree {
            key,
            points: Points::Few(Vec::new()),
            level: 0,
        }
    }

    /// Adds whole records of points in the cell of the node.
    pub(crate) fn push(&mut self, records: &[u8], site: &mut Site<'_, F>) -> io::Result<()> {
        for record in records.chunks_exact(site.size) {
            self.add(record, site)?;
        }
        Ok(())
    }

    fn add(&mut self, record: &[u8], site: &mut Site<'_, F>) -> io::Result<()> {
        match &mut self.points {
            Points::Divided(divided) => divided.add(self.key, self.level, record, site),
            Points::Later(spool) => spool.push(record, site.size),
            Points::Few(records) => {
                records.extend_from_slice(record);
                if (records.len() / site.size) as u64 > LEAF_POINTS {
                    let records = std::mem::take(records);
                    self.points = self.more_than_few(&records, site)?;
                }
                Ok(())
            }
        }
    }

    fn more_than_few(&self, records: &[u8], site: &mut Site<'_, F>) -> io::Result<Points<F>> {
        let mut own = Spool::new((site.scratch)()?);
        if self.level == LEVELS || self.key.depth() == MAX_DEPTH {
            own.push(records, site.size)?;
            return Ok(Points::Later(own));
        }
        let mut divided = Box::new(Divided {
            cells: Cells::new(site.cube, self.key, site.scaling),
            own,
            below: Default::default(),
        });
        for record in records.chunks_exact(site.size) {
            divided.add(self.key, self.level, record, site)?;
        }
        Ok(Points::Divided(divided))
    }
}

impl<F: Read + Write + Seek> Divided<F> {
    fn add(
        &mut self,
        key: Key,
        level: u32,
        record: &[u8],
        site: &mut Site<'_, F>,
    ) -> io::Result<()> {
        let place = self.cells.place(record);
        if self.cells.take(place) {
            return self.own.push(record, site.size);
        }
        let octant = self.cells.octant(place);
        if self.below[octant].is_none() {
            let child = key.children().nth(octant);
            self.below[octant] = child.map(|child| Subtree {
                level: level + 1,
                ..Subtree::new(child)
            });
        }
        match &mut self.below[octant] {
            Some(below) => below.add(record, site),
            None => Err(io::Error::other(format!("{key} is too deep to be divided"))),
        }
    }
}
