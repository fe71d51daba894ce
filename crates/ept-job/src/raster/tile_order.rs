//! The order of the tiles of a raster.

/// All tiles in Morton order, by column and row: neighbours in the plane are near in the order, so that few tiles of
/// overviews are open at a time.
pub(crate) fn tile_order([columns, rows]: [u32; 2]) -> impl Iterator<Item = [u32; 2]> {
    let edge = u64::from(columns.max(rows)).next_power_of_two();
    // Squares to visit, the next one last.
    let mut squares = vec![([0_u64; 2], edge)];
    std::iter::from_fn(move || {
        while let Some(([column, row], edge)) = squares.pop() {
            if column >= u64::from(columns) || row >= u64::from(rows) {
                continue;
            }
            if edge == 1 {
                return Some([column as u32, row as u32]);
            }
            let half = edge / 2;
            let quarters = [[half, half], [0, half], [half, 0], [0, 0]];
            squares.extend(quarters.map(|[east, south]| ([column + east, row + south], half)));
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::tile_order;

    #[test]
    fn each_tile_comes_once_and_squares_are_visited_one_after_the_other() {
        let tiles: Vec<_> = tile_order([3, 2]).collect();
        assert_eq!(tiles, [[0, 0], [1, 0], [0, 1], [1, 1], [2, 0], [2, 1]]);
        assert_eq!(tile_order([0, 5]).count(), 0);
        assert_eq!(tile_order([1 << 20, 1]).count(), 1 << 20);
    }
}
