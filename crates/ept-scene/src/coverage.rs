//! Where nodes and areas are, on a picture.

use ept_format::Bounds;
use ept_select::Relation;

use crate::palette::{Color, RAMP};
use crate::sheet::{INK, RED};
use crate::{Camera, MapWindow, Picture};

/// The edges of a box, by the numbers of its corners: 1 is the upper end of x, 2 of y, 4 of z.
const EDGES: [[usize; 2]; 12] = [
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
    [0, 2],
    [1, 3],
    [4, 6],
    [5, 7],
    [0, 4],
    [1, 5],
    [2, 6],
    [3, 7],
];

/// The colour of the cells of a depth, if `deepest` is the greatest.
#[must_use]
pub fn depth_color(depth: u32, deepest: u32) -> Color {
    RAMP[(u64::from(depth.min(deepest)) * 255 / u64::from(deepest.max(1))) as usize]
}

/// Draws the edges of a box in red, two pixels wide: what is in it could not be read.
pub fn draw_loss(picture: &mut Picture, camera: &Camera, lost: &Bounds) {
    let (min, max) = (lost.min(), lost.max());
    let corners = [0, 1, 2, 3, 4, 5, 6, 7].map(|number: usize| {
        let axis = |i: usize| if number >> i & 1 == 0 { min[i] } else { max[i] };
        camera.place([axis(0), axis(1), axis(2)])
    });
    for [from, to] in EDGES {
        if let (Some(from), Some(to)) = (corners[from], corners[to]) {
            picture.line(from, to, 2, RED);
        }
    }
}

/// Fills the cell of a node on a map, with an edge if there is room for one.
pub fn draw_cell(picture: &mut Picture, window: &MapWindow, cell: &Bounds, color: Color) {
    /// The least width of a cell that has an edge.
    const EDGED: i64 = 6;
    let (min, max) = (cell.min(), cell.max());
    let size = window.size.map(f64::from);
    // A cell may be far larger than the map.
    let within =
        |place: [f64; 2]| [0, 1].map(|i| place[i].round().clamp(-2.0, size[i] + 2.0) as i64);
    let first = within(window.pixel_of([min[0], max[1]]));
    let end = within(window.pixel_of([max[0], min[1]]));
    let sides = [0, 1].map(|i| (end[i] - first[i]).max(1));
    picture.fill(first, sides, color);
    if sides.iter().all(|side| *side >= EDGED) {
        let darker = color.map(|byte| byte / 4 * 3);
        picture.frame(first, sides, darker);
    }
}

/// Draws the edge of an area on a map: the pixels of which it is neither certain that they are inside nor that they are
/// outside. `relation` tells it of boxes.
pub fn draw_area(
    picture: &mut Picture,
    window: &MapWindow,
    relation: impl Fn(&Bounds) -> Relation,
) {
    let side = window.size[0].max(window.size[1]).next_power_of_two();
    // Squares of pixels, quartered until they are decided or one pixel wide.
    let mut squares = vec![([0_u32; 2], side)];
    while let Some((first, side)) = squares.pop() {
        if first[0] >= window.size[0] || first[1] >= window.size[1] {
            continue;
        }
        let end = first.map(|place| place.saturating_add(side));
        let is_decided = window
            .bounds(first, end)
            .is_ok_and(|bounds| relation(&bounds) != Relation::Edge);
        if is_decided {
            continue;
        }
        if side == 1 {
            picture.set(first.map(i64::from), INK);
            continue;
        }
        let half = side / 2;
        let corners = [[0, 0], [half, 0], [0, half], [half, half]];
        let quarters = corners.map(|[dx, dy]| ([first[0] + dx, first[1] + dy], half));
        squares.extend(quarters);
    }
}
