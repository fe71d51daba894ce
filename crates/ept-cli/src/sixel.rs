//! Pictures as sixels: bands of six rows of pixels, one colour after the other (VT330/VT340 Programmer Reference Manual, volume 2,
//! chapter 14).

use std::io::{self, Write};

use ept_scene::{Color, Picture};

/// Levels of red, green and blue. Terminals have at least 256 colours, of which the eye tells greens apart best.
const LEVELS: [usize; 3] = [6, 7, 6];
const COLORS: usize = LEVELS[0] * LEVELS[1] * LEVELS[2];

/// Rows of pixels in a band.
const ROWS: usize = 6;

/// Thresholds of an ordered dither (Bayer's), in 64ths.
const THRESHOLDS: [[usize; 8]; 8] = [
    [0, 32, 8, 40, 2, 34, 10, 42],
    [48, 16, 56, 24, 50, 18, 58, 26],
    [12, 44, 4, 36, 14, 46, 6, 38],
    [60, 28, 52, 20, 62, 30, 54, 22],
    [3, 35, 11, 43, 1, 33, 9, 41],
    [51, 19, 59, 27, 49, 17, 57, 25],
    [15, 47, 7, 39, 13, 45, 5, 37],
    [63, 31, 55, 23, 61, 29, 53, 21],
];

/// Writes a picture.
pub(crate) fn write(out: &mut impl Write, picture: &Picture) -> io::Result<()> {
    let [width, height] = picture.size();
    // Pixels are square.
    write!(out, "\x1bPq\"1;1;{width};{height}")?;
    for number in 0..COLORS {
        let [r, g, b] = percents(number);
        write!(out, "#{number};2;{r};{g};{b}")?;
    }
    let rows: Vec<_> = picture.pixels().chunks(width.max(1) as usize).collect();
    for (band, rows) in rows.chunks(ROWS).enumerate() {
        write_band(out, rows, band * ROWS)?;
    }
    write!(out, "\x1b\\")
}

/// Writes some rows, of which the first has the number `top`.
fn write_band(out: &mut impl Write, rows: &[&[Color]], top: usize) -> io::Result<()> {
    // Of each colour, a bit for each pixel of each column, from the top down.
    let mut colors: Vec<Vec<u8>> = vec![Vec::new(); COLORS];
    for (y, row) in rows.iter().enumerate() {
        for (x, pixel) in row.iter().enumerate() {
            let columns = &mut colors[nearby(*pixel, THRESHOLDS[(top + y) % 8][x % 8])];
            columns.resize(row.len(), 0);
            columns[x] |= 1 << y;
        }
    }
    for (number, columns) in colors.iter().enumerate() {
        if !columns.is_empty() {
            write!(out, "#{number}")?;
            for run in columns.chunk_by(|a, b| a == b) {
                write!(out, "!{}{}", run.len(), char::from(b'?' + run[0]))?;
            }
            // Back to the first column.
            write!(out, "$")?;
        }
    }
    write!(out, "-")
}

/// The number of a colour near to that of a pixel, so that the mean of those around it is the pixel's.
fn nearby(pixel: Color, threshold: usize) -> usize {
    LEVELS.iter().zip(pixel).fold(0, |number, (levels, value)| {
        let steps = usize::from(value) * (levels - 1);
        let is_up = steps % 255 * 64 > threshold * 255;
        number * levels + steps / 255 + usize::from(is_up)
    })
}

/// Red, green and blue of a colour, in percent.
fn percents(number: usize) -> [usize; 3] {
    let [_, greens, blues] = LEVELS;
    let levels = [
        number / blues / greens,
        number / blues % greens,
        number % blues,
    ];
    [0, 1, 2].map(|i| (levels[i] * 100 + LEVELS[i] / 2) / (LEVELS[i] - 1))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The number at the start of a text, and what follows.
    fn number(text: &str) -> (usize, &str) {
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (number, rest) = text.split_at(end.unwrap_or(text.len()));
        (number.parse().unwrap(), rest)
    }

    /// The pixels of a text of sixels, in percent.
    fn read(text: &str) -> HashMap<[usize; 2], [usize; 3]> {
        let body = text.strip_prefix("\x1bPq\"1;1;").unwrap();
        let mut rest = body.strip_suffix("\x1b\\").unwrap();
        rest = &rest[rest.find('#').unwrap()..];
        let (mut colors, mut pixels) = (HashMap::new(), HashMap::new());
        let (mut color, mut x, mut top, mut count) = (0, 0, 0, 1);
        while let Some(first) = rest.chars().next() {
            rest = &rest[1..];
            match first {
                '#' => {
                    (color, rest) = number(rest);
                    if let Some(values) = rest.strip_prefix(";2;") {
                        let (r, more) = number(values);
                        let (g, more) = number(&more[1..]);
                        let (b, more) = number(&more[1..]);
                        colors.insert(color, [r, g, b]);
                        rest = more;
                    }
                }
                '!' => (count, rest) = number(rest),
                '$' => x = 0,
                '-' => (x, top) = (0, top + 6),
                sixel => {
                    let bits = sixel as usize - '?' as usize;
                    for x in x..x + count {
                        for row in (0..6).filter(|row| bits >> row & 1 == 1) {
                            let old = pixels.insert([x, top + row], colors[&color]);
                            assert_eq!(old, None, "{x} {row}");
                        }
                    }
                    (x, count) = (x + count, 1);
                }
            }
        }
        pixels
    }

    #[test]
    fn each_pixel_has_one_colour_and_their_mean_is_that_of_the_picture() {
        for color in [
            [0, 0, 0],
            [255, 255, 255],
            [255, 0, 51],
            [12, 130, 77],
            [200, 201, 9],
        ] {
            let picture = Picture::new([40, 32], color);
            let mut out = Vec::new();
            write(&mut out, &picture).unwrap();
            let pixels = read(&String::from_utf8(out).unwrap());
            assert_eq!(pixels.len(), 40 * 32);
            for x in 0..40 {
                assert!((0..32).all(|y| pixels.contains_key(&[x, y])));
            }
            for i in 0..3 {
                let sum: usize = pixels.values().map(|pixel| pixel[i]).sum();
                let mean = sum as f64 / pixels.len() as f64;
                let expected = f64::from(color[i]) / 2.55;
                // Percents are whole numbers.
                assert!((mean - expected).abs() < 1.0, "{color:?} {mean} {expected}");
            }
        }
    }
}
