//! Canvases of several threads.

use std::sync::{Mutex, PoisonError, TryLockError};

use ept_scene::{Canvas, Drawing};

/// As many canvases as there are threads, or as fit in memory: a thread draws on one that no other does.
#[derive(Debug)]
pub(crate) struct Canvases {
    all: Vec<Mutex<Option<Canvas>>>,
}

/// Maximum bytes of all canvases, but for the first.
const MOST_BYTES: u64 = 1 << 30;

impl Canvases {
    /// Canvases for this many threads. They are made when they are used.
    pub(crate) fn new(size: [u32; 2], threads: usize) -> Canvases {
        let fit = MOST_BYTES / Canvas::bytes_of(size).max(1);
        let count = usize::try_from(fit).unwrap_or(usize::MAX).min(threads);
        let all = std::iter::repeat_with(|| Mutex::new(None)).take(count.max(1));
        Canvases { all: all.collect() }
    }

    /// Draws on a canvas that is free. `number` decides which one to wait for if none is.
    pub(crate) fn draw(&self, drawing: &Drawing, number: usize, draw: impl FnOnce(&mut Canvas)) {
        let free = self.all.iter().find_map(|canvas| match canvas.try_lock() {
            Ok(canvas) => Some(canvas),
            Err(TryLockError::Poisoned(canvas)) => Some(canvas.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        let any = &self.all[number % self.all.len()];
        let mut canvas = free.unwrap_or_else(|| any.lock().unwrap_or_else(PoisonError::into_inner));
        draw(canvas.get_or_insert_with(|| drawing.canvas()));
    }

    /// All that was drawn. `None` if nothing was.
    pub(crate) fn take(&self) -> Option<Canvas> {
        let canvases = self.all.iter();
        let drawn = canvases.filter_map(|canvas| {
            let mut canvas = canvas.lock().unwrap_or_else(PoisonError::into_inner);
            canvas.take()
        });
        drawn.reduce(|mut all, canvas| {
            all.merge(&canvas);
            all
        })
    }
}
