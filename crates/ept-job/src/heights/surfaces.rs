//! The ground as surfaces of blocks, made as points need them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use ept_raster::{Duplicates, MaxEdge, Points, Tin, heights_above_tin};
use ept_reader::PointBatch;

use crate::JobError;
use crate::raster::around::UsedPoints;
use crate::raster::buckets::{Key, key_of};

/// Buckets along the edge of a block: those around it, which its triangles depend on, are few compared with its own.
const EDGE: i64 = 8;

/// Vertices of surfaces that are kept, some 150 megabytes.
const MOST_VERTICES: usize = 2 << 20;

/// The ground as surfaces of square blocks. Those used last are kept for other tiles, on any thread: a tile of the upper depths of
/// an octree, or of a flight line, has points in many blocks.
#[derive(Debug)]
pub(crate) struct Surfaces {
    ground: UsedPoints,
    max_edge: MaxEdge,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    blocks: BTreeMap<Key, Block>,
    vertices: usize,
    /// Number of uses so far.
    uses: u64,
}

#[derive(Debug, Default)]
struct Block {
    surface: Arc<Mutex<Option<Arc<Tin>>>>,
    /// 0 until the surface is made.
    vertices: usize,
    last_use: u64,
}

impl Surfaces {
    pub(crate) fn new(ground: UsedPoints, max_edge: MaxEdge) -> Surfaces {
        Surfaces {
            ground,
            max_edge,
            kept: Mutex::default(),
        }
    }

    /// Heights of points above the ground, NaN if there is none.
    ///
    /// # Errors
    /// If the ground can't be read again.
    pub(crate) fn heights(&self, points: &PointBatch) -> Result<Vec<f64>, JobError> {
        let mut heights = vec![f64::NAN; points.len()];
        let lattice = self.ground.buckets.lattice();
        let mut blocks: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        if self.ground.buckets.keys().next().is_none() {
            return Ok(heights);
        }
        for (row, [x, y, _]) in points.places().enumerate() {
            // Other places are nowhere near the ground.
            if let Some(cell) = lattice.find(x, y) {
                let block =
                    key_of(cell, self.ground.buckets.edge()).map(|index| index.div_euclid(EDGE));
                blocks.entry(block).or_default().push(row);
            }
        }
        let mut waiting = Vec::new();
        for (block, rows) in blocks {
            match self.surface(block, false)? {
                Some(tin) => self.measure(points, &rows, &tin, &mut heights)?,
                None => waiting.push((block, rows)),
            }
        }
        for (block, rows) in waiting {
            if let Some(tin) = self.surface(block, true)? {
                self.measure(points, &rows, &tin, &mut heights)?;
            }
        }
        Ok(heights)
    }

    fn measure(
        &self,
        points: &PointBatch,
        rows: &[usize],
        tin: &Tin,
        heights: &mut [f64],
    ) -> Result<(), JobError> {
        let [x, y, z] = [points.x(), points.y(), points.z()].map(Option::unwrap_or_default);
        let mut places = Points::default();
        rows.iter()
            .for_each(|&row| places.push(x[row], y[row], z[row]));
        let found = heights_above_tin(&places, tin, &mut self.ground.all())?;
        for (row, height) in rows.iter().zip(found) {
            heights[*row] = height;
        }
        Ok(())
    }

    /// The surface of a block. `None` if another thread is making it, unless `waits`.
    fn surface(&self, key: Key, waits: bool) -> Result<Option<Arc<Tin>>, JobError> {
        let place = self.kept().used(key);
        let mut surface = match place.try_lock() {
            Ok(surface) => surface,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Err(TryLockError::WouldBlock) if !waits => return Ok(None),
            Err(TryLockError::WouldBlock) => place.lock().unwrap_or_else(PoisonError::into_inner),
        };
        if let Some(tin) = &*surface {
            return Ok(Some(Arc::clone(tin)));
        }
        let made = Arc::new(self.make(key)?);
        *surface = Some(Arc::clone(&made));
        drop(surface);
        self.kept()
            .made(key, &place, made.triangulation().places().len());
        Ok(Some(made))
    }

    fn make(&self, [column, row]: Key) -> Result<Tin, JobError> {
        let corner = |column, row| self.ground.buckets.extent([column, row]);
        let low = corner(column * EDGE, row * EDGE);
        let high = corner((column + 1) * EDGE - 1, (row + 1) * EDGE - 1);
        let area = low.joined(high).corners();
        Tin::new(
            area,
            Duplicates::Lowest,
            self.max_edge,
            &mut self.ground.all(),
        )
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The place for the surface of a block, which is about to be used.
    fn used(&mut self, key: Key) -> Arc<Mutex<Option<Arc<Tin>>>> {
        self.uses += 1;
        let block = self.blocks.entry(key).or_default();
        block.last_use = self.uses;
        Arc::clone(&block.surface)
    }

    /// Counts the surface of a block, and drops those not used for longest if there are too many vertices.
    fn made(&mut self, key: Key, place: &Arc<Mutex<Option<Arc<Tin>>>>, vertices: usize) {
        // It may have been dropped meanwhile.
        let block = self.blocks.get_mut(&key);
        if let Some(block) = block.filter(|block| Arc::ptr_eq(&block.surface, place)) {
            block.vertices = vertices.max(1);
            self.vertices += block.vertices;
        }
        while self.vertices > MOST_VERTICES {
            let made = self.blocks.iter().filter(|(_, block)| block.vertices > 0);
            let oldest = made.min_by_key(|(_, block)| block.last_use);
            let Some(oldest) = oldest.map(|(key, _)| *key) else {
                return;
            };
            let dropped = self.blocks.remove(&oldest);
            self.vertices -= dropped.map_or(0, |block| block.vertices);
        }
    }
}
