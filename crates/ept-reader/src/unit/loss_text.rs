//! What could not be read when work units were made, as text.

use ept_format::Bounds;
use serde::{Deserialize, Serialize};

use super::invalid;
use super::unit_text::NameText;
use crate::{Error, Loss, LossCause, LostPart};

/// The JSON form of a loss.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LossText {
    part: PartText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    points: Option<u64>,
    node: NameText,
    #[serde(default, skip_serializing_if = "super::is_0")]
    source: u32,
    location: String,
    cause: String,
    /// Minimum x, y and z, then the maximum. An infinite side is null.
    cell: [Option<f64>; 6],
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PartText {
    Tile,
    File,
    Page,
}

impl Loss {
    /// The same loss, whose cause is only what it says: as it is after it was a text.
    pub(super) fn retold(&self) -> Loss {
        Loss {
            cause: LossCause::Told(self.cause.to_string()),
            ..self.clone()
        }
    }
}

impl From<&Loss> for LossText {
    fn from(loss: &Loss) -> LossText {
        let (part, points) = match loss.part {
            LostPart::Tile { points } => (PartText::Tile, Some(points)),
            LostPart::File { points } => (PartText::File, points),
            LostPart::Page => (PartText::Page, None),
        };
        let ([x0, y0, z0], [x1, y1, z1]) = (loss.cell.min(), loss.cell.max());
        let side = |side: f64| Some(side).filter(|side| side.is_finite());
        LossText {
            part,
            points,
            node: NameText::from(loss.node),
            source: loss.source_number,
            location: loss.location.clone(),
            cause: loss.cause.to_string(),
            cell: [x0, y0, z0, x1, y1, z1].map(side),
        }
    }
}

impl LossText {
    pub(super) fn loss(self) -> Result<Loss, Error> {
        let part = match (self.part, self.points) {
            (PartText::Tile, Some(points)) => LostPart::Tile { points },
            (PartText::File, points) => LostPart::File { points },
            (PartText::Page, None) => LostPart::Page,
            _ => return Err(invalid("a loss with a wrong number of points")),
        };
        let low = [0, 1, 2].map(|axis: usize| self.cell[axis].unwrap_or(f64::NEG_INFINITY));
        let high = [3, 4, 5].map(|axis: usize| self.cell[axis].unwrap_or(f64::INFINITY));
        Ok(Loss {
            part,
            node: self.node.name()?,
            source_number: self.source,
            cell: Bounds::new(low, high)?,
            location: self.location,
            cause: LossCause::Told(self.cause),
        })
    }
}
