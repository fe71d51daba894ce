//! Pictures with what one has to know about them around them.

use crate::palette::Color;
use crate::text::{self, CHARACTER};
use crate::ticks::Ticks;
use crate::{Legend, MapWindow, Picture};

/// The colour of what is not data: the background of points and everything around them.
pub const PAPER: Color = [255, 255, 255];
/// The colour of text and lines.
pub(crate) const INK: Color = [40, 40, 40];
/// The colour of what could not be read.
pub const RED: Color = [225, 20, 20];

/// A picture with a frame, coordinates, a scale bar, the name of the coordinate system, and a legend, as far as there is
/// room: a very small picture has the points only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sheet {
    size: [u32; 2],
    /// Widths of what is left of the points, above, right and below.
    margins: [u32; 4],
    has_legend: bool,
}

/// What is written on a [`Sheet`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notes {
    /// The places of the points on a map, for coordinates at its edge. `None` if it is not a map.
    pub map: Option<MapWindow>,
    /// The length of a pixel along x, and its unit. `None` if it is not known.
    pub ruler: Option<(f64, String)>,
    /// The name of the coordinate system.
    pub crs: Option<String>,
    /// What the colours mean.
    pub legend: Option<Legend>,
    /// Whether parts could not be read, which are red.
    pub has_losses: bool,
    /// What is written in the middle, such as why there are no points.
    pub message: Option<String>,
}

/// Margin where there is nothing.
const BARE: u32 = 8;
/// Margin for coordinates along y.
const COORDINATES: u32 = 66;
/// Height of a row of text and of the scale bar, with distances.
const ROW: u32 = 18;
/// Margin for a legend.
const LEGEND: u32 = 156;
/// Least size of the points for anything around them.
const LEAST: [u32; 2] = [128, 96];
/// Least distance between coordinates, in pixels.
const APART: f64 = 110.0;
/// Width of the scale bar at most, in pixels.
const BAR: f64 = 130.0;

impl Sheet {
    /// A sheet of `[width, height]` pixels.
    #[must_use]
    pub fn new(size: [u32; 2], is_map: bool, has_legend: bool) -> Sheet {
        let left = if is_map { COORDINATES } else { BARE };
        let below = BARE + ROW + if is_map { ROW } else { 0 };
        let all = [has_legend, false].map(|has_legend| Sheet {
            size,
            margins: [left, BARE, if has_legend { LEGEND } else { BARE }, below],
            has_legend,
        });
        let fits = |sheet: &Sheet| {
            let window = sheet.window();
            window[0] >= LEAST[0] && window[1] >= LEAST[1]
        };
        let bare = Sheet {
            size,
            margins: [0; 4],
            has_legend: false,
        };
        all.into_iter().find(fits).unwrap_or(bare)
    }

    /// The size of the picture of the points, in pixels.
    #[must_use]
    pub fn window(&self) -> [u32; 2] {
        let [left, top, right, bottom] = self.margins;
        let [width, height] = self.size;
        [
            width.saturating_sub(left + right),
            height.saturating_sub(top + bottom),
        ]
    }

    /// The picture of the points on the sheet, with notes around it.
    #[must_use]
    pub fn compose(&self, points: &Picture, notes: &Notes) -> Picture {
        if self.margins == [0; 4] {
            return points.clone();
        }
        let mut picture = Picture::new(self.size, PAPER);
        let origin = [self.margins[0], self.margins[1]].map(i64::from);
        let window = self.window().map(i64::from);
        picture.paste(points, origin);
        if let Some(map) = &notes.map {
            self.write_coordinates(&mut picture, map);
        }
        let frame = [window[0] + 2, window[1] + 2];
        picture.frame([origin[0] - 1, origin[1] - 1], frame, INK);
        if let Some(message) = &notes.message {
            let message = text::fitted(message, window[0] - 8);
            let x = origin[0] + (window[0] - text::width(&message)) / 2;
            picture.text([x, origin[1] + window[1] / 2], &message, INK);
        }
        self.write_strip(&mut picture, notes);
        if let Some(legend) = notes.legend.as_ref().filter(|_| self.has_legend) {
            let gap = i64::from(BARE) * 2;
            let x = origin[0] + window[0] + gap;
            let width = i64::from(self.margins[2]) - gap - i64::from(BARE) / 2;
            legend.draw(&mut picture, [x, origin[1]], [width, window[1]]);
        }
        picture
    }

    /// Round coordinates at the edge of a map.
    fn write_coordinates(&self, picture: &mut Picture, map: &MapWindow) {
        let [left, top] = [self.margins[0], self.margins[1]].map(i64::from);
        let [width, height] = map.size.map(f64::from);
        let ([west, north], [east, south]) = (map.place([0.0, 0.0]), map.place([width, height]));
        let bottom = top + i64::from(map.size[1]);
        if let Some(ticks) = Ticks::at_least(map.pixel[0] * APART) {
            for x in ticks.between(west, east) {
                let at = left + map.pixel_of([x, north])[0].floor() as i64;
                let label = ticks.text(x);
                let start = at - text::width(&label) / 2;
                picture.fill([at, bottom + 1], [1, 4], INK);
                if start + text::width(&label) <= i64::from(self.size[0]) {
                    picture.text([start.max(0), bottom + 6], &label, INK);
                }
            }
        }
        if let Some(ticks) = Ticks::at_least(map.pixel[1] * APART) {
            for y in ticks.between(south, north) {
                let at = top + map.pixel_of([west, y])[1].floor() as i64;
                let label = text::fitted(&ticks.text(y), left - 7);
                picture.fill([left - 5, at], [4, 1], INK);
                let start = [left - 7 - text::width(&label), at - CHARACTER[1] / 2];
                picture.text([start[0], start[1].max(0)], &label, INK);
            }
        }
    }

    /// Scale bar, losses and coordinate system, below everything.
    fn write_strip(&self, picture: &mut Picture, notes: &Notes) {
        let [width, height] = self.size.map(i64::from);
        let y = height - i64::from(ROW) + 2;
        let mut x = i64::from(self.margins[0]);
        if let Some((length, label)) = notes.ruler.as_ref().and_then(scale_bar) {
            picture.fill([x, y + 5], [length, 2], INK);
            picture.fill([x, y + 2], [1, 5], INK);
            picture.fill([x + length - 1, y + 2], [1, 5], INK);
            picture.text([x + length + 6, y], &label, INK);
            x += length + 6 + text::width(&label) + 14;
        }
        if notes.has_losses {
            const LOST: &str = "not read";
            picture.frame([x, y + 1], [10, 10], RED);
            picture.frame([x + 1, y + 2], [8, 8], RED);
            picture.text([x + 15, y], LOST, INK);
            x += 15 + text::width(LOST) + 14;
        }
        if let Some(crs) = &notes.crs {
            let crs = text::fitted(crs, width - i64::from(BARE) - x);
            let start = width - i64::from(BARE) - text::width(&crs);
            picture.text([start, y], &crs, INK);
        }
    }
}

/// The width in pixels and the text of a scale bar, given the length of a pixel and its unit.
fn scale_bar((pixel, unit): &(f64, String)) -> Option<(i64, String)> {
    let most = pixel * BAR;
    let (ticks, per_unit, unit) = if unit == "m" && most >= 1000.0 {
        (Ticks::at_most(most / 1000.0)?, 1000.0, "km")
    } else {
        (Ticks::at_most(most)?, 1.0, unit.as_str())
    };
    let length = (ticks.step() * per_unit / pixel).round() as i64;
    Some((
        length.max(1),
        format!("{} {unit}", ticks.text(ticks.step())),
    ))
}
