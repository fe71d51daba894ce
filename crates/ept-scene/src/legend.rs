//! What the colours of a picture mean.

use crate::Picture;
use crate::palette::{Color, RAMP};
use crate::sheet::INK;
use crate::text::{self, CHARACTER};
use crate::ticks::Ticks;

/// What the colours of a picture mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Legend {
    /// The ramp of numbers between two limits, with a title.
    Ramp {
        /// What the numbers are, such as `Height (m)`.
        title: String,
        /// The numbers at the ends of the ramp.
        limits: [f64; 2],
    },
    /// Colours with their names, and a title.
    Names {
        /// What is named, such as `Class`.
        title: String,
        /// Each colour and its name.
        names: Vec<(Color, String)>,
    },
}

/// Width of a patch of colour.
const PATCH: i64 = 12;
/// Height of a row of text.
const ROW: i64 = CHARACTER[1] + 3;
/// Height of a ramp at most: as many pixels as colours.
const RAMP_HEIGHT: i64 = 256;

impl Legend {
    /// Draws it in a rectangle, given its upper left pixel and its size.
    pub(crate) fn draw(&self, picture: &mut Picture, [x, y]: [i64; 2], [width, height]: [i64; 2]) {
        let (Legend::Ramp { title, .. } | Legend::Names { title, .. }) = self;
        picture.text([x, y], &text::fitted(title, width), INK);
        let (y, height) = (y + ROW, height - ROW);
        match self {
            Legend::Ramp { limits, .. } => draw_ramp(picture, [x, y], height, *limits),
            Legend::Names { names, .. } => draw_names(picture, [x, y], [width, height], names),
        }
    }
}

fn draw_ramp(picture: &mut Picture, [x, y]: [i64; 2], height: i64, [low, high]: [f64; 2]) {
    // Half a line of text is above the first number and below the last.
    let (y, height) = (
        y + CHARACTER[1] / 2,
        (height - CHARACTER[1]).min(RAMP_HEIGHT),
    );
    if height < CHARACTER[1] * 2 {
        return;
    }
    for row in 0..height {
        let at = (height - 1 - row) * 255 / (height - 1);
        picture.fill([x, y + row], [PATCH, 1], RAMP[at as usize]);
    }
    picture.frame([x, y], [PATCH, height], INK);
    let rows = (height / (2 * CHARACTER[1])).max(1);
    let Some(ticks) = Ticks::at_least((high - low) / rows as f64) else {
        return;
    };
    for number in ticks.between(low, high) {
        let share = (number - low) / (high - low);
        let row = y + ((1.0 - share) * (height - 1) as f64).round() as i64;
        picture.fill([x + PATCH, row], [3, 1], INK);
        let place = [x + PATCH + 6, row - CHARACTER[1] / 2];
        picture.text(place, &ticks.text(number), INK);
    }
}

fn draw_names(
    picture: &mut Picture,
    [x, y]: [i64; 2],
    [width, height]: [i64; 2],
    names: &[(Color, String)],
) {
    let rows = (height / ROW).max(0) as usize;
    let shown = if names.len() > rows {
        rows.saturating_sub(1)
    } else {
        names.len()
    };
    let mut row = y;
    for (color, name) in &names[..shown] {
        picture.fill([x, row], [PATCH, PATCH], *color);
        picture.frame([x, row], [PATCH, PATCH], INK);
        let name = text::fitted(name, width - PATCH - 4);
        picture.text([x + PATCH + 4, row], &name, INK);
        row += ROW;
    }
    if shown < names.len() && rows > 0 {
        let more = format!("and {} more", names.len() - shown);
        picture.text([x, row], &text::fitted(&more, width), INK);
    }
}
