//! The classes of points.

use crate::palette::{Color, code_color};

/// A class of points (LAS 1.4 R15, table 17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Its code in `Classification`.
    pub code: u8,
    /// The name that the specification gives it.
    pub name: &'static str,
    /// The colour in which it is drawn.
    pub color: Color,
}

/// The classes that the specification names, by ascending code. Codes 8 and 12 had their meaning in point formats 0 to 5.
pub const CLASSES: [Class; 23] = [
    class(0, "Never classified", [150, 150, 150]),
    class(1, "Unclassified", [190, 190, 190]),
    class(2, "Ground", [170, 121, 66]),
    class(3, "Low vegetation", [190, 220, 120]),
    class(4, "Medium vegetation", [110, 190, 80]),
    class(5, "High vegetation", [30, 130, 60]),
    class(6, "Building", [225, 85, 60]),
    class(7, "Low noise", [255, 0, 255]),
    class(8, "Model key point", [255, 200, 120]),
    class(9, "Water", [60, 130, 230]),
    class(10, "Rail", [120, 90, 150]),
    class(11, "Road surface", [110, 110, 125]),
    class(12, "Overlap", [225, 215, 160]),
    class(13, "Wire guard", [255, 240, 100]),
    class(14, "Wire conductor", [255, 210, 0]),
    class(15, "Transmission tower", [150, 70, 200]),
    class(16, "Wire connector", [200, 150, 240]),
    class(17, "Bridge deck", [245, 150, 60]),
    class(18, "High noise", [255, 120, 255]),
    class(19, "Overhead structure", [240, 120, 150]),
    class(20, "Ignored ground", [120, 90, 60]),
    class(21, "Snow", [235, 245, 255]),
    class(22, "Temporal exclusion", [90, 200, 200]),
];

const fn class(code: u8, name: &'static str, color: Color) -> Class {
    Class { code, name, color }
}

/// The name of a class. `None` for codes that are reserved or left to users.
///
/// ```
/// assert_eq!(ept_scene::class_name(2), Some("Ground"));
/// assert_eq!(ept_scene::class_name(200), None);
/// ```
#[must_use]
pub fn class_name(code: u8) -> Option<&'static str> {
    CLASSES.get(usize::from(code)).map(|class| class.name)
}

/// The colour of a class. Codes without a name have one of [`crate::PALETTE`].
#[must_use]
pub fn class_color(code: u8) -> Color {
    let named = CLASSES.get(usize::from(code));
    named.map_or_else(|| code_color(code.into()), |class| class.color)
}
