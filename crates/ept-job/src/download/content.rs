//! What a file must be to count as whole.

use std::path::Path;

use ept_points::Decoder;

use super::whole::Whole;

/// What a file must be to count as whole.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A LAS, LAZ or COPC file.
    Points,
    /// A tile of EPT that is a LAZ file of this many points.
    Laz(u64),
    /// A tile of EPT of this many points in another encoding, which is decoded.
    Encoded(u64, Decoder),
}

impl Content {
    /// How such files begin.
    pub(crate) fn magic(&self) -> &'static [u8] {
        if self.is_las() { b"LASF" } else { b"" }
    }

    /// Whether it is a LAS file, whose points are decoded only if that is asked for.
    pub(crate) fn is_las(&self) -> bool {
        !matches!(self, Content::Encoded(..))
    }

    /// The number of points of the file at a path if it is whole; why it is not otherwise. What follows the last part of a LAS
    /// file is only let pass if its source tells its size.
    pub(crate) fn check(&self, path: &Path, has_size: bool) -> Result<u64, String> {
        let (points, whole) = match self {
            Content::Encoded(points, decoder) => {
                let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
                let decoded = decoder.decode(*points, &bytes);
                return decoded.map(|_| *points).map_err(|error| error.to_string());
            }
            Content::Points => (None, Whole::check(path)),
            Content::Laz(points) => (Some(*points), Whole::check(path)),
        };
        let whole = whole.map_err(|error| error.to_string())?;
        if whole.end < whole.size && !has_size {
            let more = whole.size - whole.end;
            return Err(format!(
                "{more} bytes follow its last part, and the server does not tell how many it has"
            ));
        }
        match points {
            Some(points) if points != whole.points => Err(format!(
                "it has {} points, the hierarchy lists {points}",
                whole.points
            )),
            _ => Ok(whole.points),
        }
    }
}
