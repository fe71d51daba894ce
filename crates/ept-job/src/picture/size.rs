//! Sizes of pictures.

use std::fmt;
use std::str::FromStr;

use crate::OutputError;

/// Width and height of a picture in pixels, as text `1200x800`: at most 16,384 each, and 64 million pixels.
///
/// ```
/// use ept_job::PictureSize;
///
/// assert_eq!("800x600".parse::<PictureSize>()?.pixels(), [800, 600]);
/// assert!("0x600".parse::<PictureSize>().is_err());
/// # Ok::<(), ept_job::OutputError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureSize([u32; 2]);

impl PictureSize {
    /// Maximum width and height.
    const MOST: u32 = 16_384;
    /// Maximum number of pixels: a canvas takes 32 bytes for each.
    const MOST_PIXELS: u64 = 64_000_000;

    /// A size.
    ///
    /// # Errors
    /// If a side is 0, or it is too large.
    pub fn new(pixels: [u32; 2]) -> Result<PictureSize, OutputError> {
        let [width, height] = pixels;
        let is_side = |side: u32| (1..=PictureSize::MOST).contains(&side);
        let all = u64::from(width) * u64::from(height);
        if !is_side(width) || !is_side(height) || all > PictureSize::MOST_PIXELS {
            let problem = format!(
                "a picture of {width} x {height} pixels is not possible: each side has 1 to {} pixels, and there are at \
                 most {} million",
                PictureSize::MOST,
                PictureSize::MOST_PIXELS / 1_000_000
            );
            return Err(OutputError::Value(problem));
        }
        Ok(PictureSize(pixels))
    }

    /// Width and height.
    #[must_use]
    pub fn pixels(self) -> [u32; 2] {
        self.0
    }
}

impl Default for PictureSize {
    fn default() -> PictureSize {
        PictureSize([1200, 800])
    }
}

impl fmt::Display for PictureSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [width, height] = self.0;
        write!(f, "{width}x{height}")
    }
}

impl FromStr for PictureSize {
    type Err = OutputError;

    fn from_str(text: &str) -> Result<PictureSize, OutputError> {
        let sides = text.split_once(['x', 'X']).and_then(|(width, height)| {
            Some([width.trim().parse().ok()?, height.trim().parse().ok()?])
        });
        let problem = || {
            OutputError::Value(format!(
                "\"{text}\" is not a size: write width and height in pixels, such as 1200x800"
            ))
        };
        PictureSize::new(sides.ok_or_else(problem)?)
    }
}
