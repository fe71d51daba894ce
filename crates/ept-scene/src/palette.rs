//! The colours of numbers and codes.

/// A colour, `[red, green, blue]` in sRGB.
pub type Color = [u8; 3];

/// The colour of points that lack what is shown.
pub const NO_VALUE: Color = [128, 128, 128];

/// Colours at equal distances along [`RAMP`]. Their lightness (CIE L*) grows evenly, from 15 to 91, so the ramp is read the
/// same with any colour vision and in grey.
const ANCHORS: [Color; 10] = [
    [59, 15, 86],
    [67, 42, 122],
    [63, 74, 146],
    [47, 106, 153],
    [31, 135, 151],
    [31, 162, 136],
    [69, 187, 112],
    [134, 208, 79],
    [198, 222, 58],
    [251, 233, 59],
];

/// The colours of numbers on a scale, from low (dark violet) to high (yellow).
pub const RAMP: [Color; 256] = ramp();

/// Colours for codes without an order, such as returns and flight lines: a code has that of its remainder by 16.
pub const PALETTE: [Color; 16] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
    [150, 150, 150],
    [255, 205, 130],
    [176, 224, 255],
    [120, 214, 170],
    [140, 120, 30],
    [120, 130, 220],
    [160, 40, 40],
    [245, 180, 215],
    [90, 60, 110],
];

const fn ramp() -> [Color; 256] {
    let mut colors = [[0; 3]; 256];
    let parts = ANCHORS.len() - 1;
    let mut at = 0;
    while at < 256 {
        // Position in 255ths of a part.
        let place = at * parts;
        let part = if at == 255 { parts - 1 } else { place / 255 };
        let rest = place - part * 255;
        let mut channel = 0;
        while channel < 3 {
            let [low, high] = [ANCHORS[part][channel], ANCHORS[part + 1][channel]];
            let sum = low as usize * (255 - rest) + high as usize * rest;
            colors[at][channel] = ((sum + 127) / 255) as u8;
            channel += 1;
        }
        at += 1;
    }
    colors
}

/// The colour of a code without an order, see [`PALETTE`].
#[must_use]
pub fn code_color(code: u64) -> Color {
    PALETTE[(code % PALETTE.len() as u64) as usize]
}
