//! Text in pictures.

use std::convert::Infallible;

use embedded_graphics::Drawable;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_6X12;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::text::{Baseline, Text};

use crate::Picture;
use crate::palette::Color;

/// Width and height of a character, in pixels.
pub(crate) const CHARACTER: [i64; 2] = [6, 12];

/// Width of a text in pixels.
pub(crate) fn width(text: &str) -> i64 {
    text.chars().count() as i64 * CHARACTER[0]
}

/// The text, cut off so that it has at most this width in pixels.
pub(crate) fn fitted(text: &str, width: i64) -> String {
    let most = (width / CHARACTER[0]).max(0) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(2)).collect();
    if most > 2 {
        format!("{kept}..")
    } else {
        String::new()
    }
}

/// Writes text, given its upper left pixel. Characters beyond Latin 1 are question marks.
pub(crate) fn write(picture: &mut Picture, [x, y]: [i64; 2], text: &str, color: Color) {
    let mut paper = Paper {
        picture,
        origin: [x, y],
        color,
    };
    let style = MonoTextStyle::new(&FONT_6X12, BinaryColor::On);
    let text = Text::with_baseline(text, Point::zero(), style, Baseline::Top);
    // It can't fail.
    let Ok(_) = text.draw(&mut paper);
}

/// Where text is written.
struct Paper<'a> {
    picture: &'a mut Picture,
    origin: [i64; 2],
    color: Color,
}

impl DrawTarget for Paper<'_> {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<BinaryColor>>,
    {
        for Pixel(at, color) in pixels {
            if color.is_on() {
                let [x, y] = self.origin;
                let place = [x + i64::from(at.x), y + i64::from(at.y)];
                self.picture.set(place, self.color);
            }
        }
        Ok(())
    }
}

impl OriginDimensions for Paper<'_> {
    fn size(&self) -> Size {
        // Pixels beyond the picture are left out anyway.
        Size::new(i32::MAX as u32, i32::MAX as u32)
    }
}
