//! Parts of the data that could not be read.

use ept_reader::{Error, Loss, LostPart, Selection};

/// What to do if a part of the data can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// Fail.
    #[default]
    Fail,
    /// Continue, and list the part as lost.
    Skip,
}

/// Parts of the data that could not be read.
#[derive(Debug, Clone, Default)]
pub struct Losses {
    on_error: OnError,
    /// Those that were told before come first.
    lost: Vec<Loss>,
    /// Number of those.
    told: usize,
}

impl Losses {
    /// No losses yet.
    #[must_use]
    pub fn new(on_error: OnError) -> Losses {
        Losses {
            on_error,
            lost: Vec::new(),
            told: 0,
        }
    }

    /// Losses that were told before anything is read, such as those of a work unit.
    pub(crate) fn with_told(self, lost: &[Loss]) -> Losses {
        Losses {
            lost: lost.to_vec(),
            told: lost.len(),
            ..self
        }
    }

    /// Those that were told before, to read everything again.
    pub(crate) fn again(&self) -> Losses {
        Losses::new(self.on_error).with_told(&self.lost[..self.told])
    }

    /// What to do if a part can't be read.
    #[must_use]
    pub fn on_error(&self) -> OnError {
        self.on_error
    }

    /// The item, `None` if it was lost and losses are allowed, or the error.
    ///
    /// # Errors
    /// An error that is not a loss, or a loss where none is allowed.
    pub fn sort_out<T>(&mut self, item: Result<T, Error>) -> Result<Option<T>, Error> {
        match item {
            Ok(item) => Ok(Some(item)),
            Err(error) => match (error.loss(), self.on_error) {
                (Some(loss), OnError::Skip) => {
                    self.lost.push(loss.clone());
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }

    /// Those of each area of [`Query::with_any_of`](ept_reader::Query::with_any_of), in order: what a pass over that area alone
    /// would have lost.
    pub(crate) fn by_area(&self, selection: &Selection) -> Vec<Losses> {
        let mut areas = vec![Losses::new(self.on_error); selection.query().any_of().len()];
        for loss in &self.lost {
            for area in selection.areas_of_loss(loss) {
                areas[area].lost.push(loss.clone());
            }
        }
        areas
    }

    /// The depth of the deepest tile.
    pub(crate) fn deepest_tile(&self) -> Option<u32> {
        let tiles = self.lost.iter().filter(|loss| loss.part != LostPart::Page);
        tiles.filter_map(|loss| loss.node.depth()).max()
    }

    /// Number of parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lost.len()
    }

    /// Adds those of another pass over the same dataset, each part once.
    pub(crate) fn join(&mut self, other: &Losses) {
        let is_same =
            |a: &Loss, b: &Loss| (a.part, a.node, &a.location) == (b.part, b.node, &b.location);
        let known = self.lost.len();
        for loss in &other.lost {
            if !self.lost[..known].iter().any(|own| is_same(own, loss)) {
                self.lost.push(loss.clone());
            }
        }
    }

    /// Whether everything could be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// The losses: pages first, then tiles, each sorted by key.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Loss> {
        let mut lost: Vec<&Loss> = self.lost.iter().collect();
        lost.sort_by_key(|loss| (loss.part != LostPart::Page, loss.node));
        lost
    }
}
