//! Pictures of rasters.

use std::io::{self, Write};

use crate::{ByteRaster, Grid, Window};

/// Maximum cells of a strip that is asked for at once, but for rows longer than that.
const STRIP: u32 = 1 << 20;

/// Writes the numbers of a grid as a gray PNG of 8 bits. Cells with the number `void` are transparent.
///
/// `strip` is asked for windows over the whole width of the grid, from north to south, each once. Only one of them is in
/// memory, and the bytes don't depend on their sizes.
///
/// # Errors
/// If `out` or `strip` fails, `strip` returns other cells than asked for, or the grid has no cells.
pub fn write_png<E: From<io::Error>>(
    grid: &Grid,
    void: Option<u8>,
    out: &mut impl Write,
    mut strip: impl FnMut(Window) -> Result<ByteRaster, E>,
) -> Result<(), E> {
    let all = *grid.window();
    let mut encoder = ::png::Encoder::new(out, all.columns, all.rows);
    encoder.set_color(::png::ColorType::Grayscale);
    encoder.set_depth(::png::BitDepth::Eight);
    if let Some(void) = void {
        encoder.set_trns(vec![0, void]);
    }
    let mut writer = encoder.write_header().map_err(io::Error::from)?;
    let mut stream = writer.stream_writer().map_err(io::Error::from)?;
    let height = (STRIP / all.columns.max(1)).max(1);
    let mut north = all.north();
    while north > all.south {
        let rows = u32::try_from(north - all.south).map_or(height, |left| left.min(height));
        let window = Window {
            south: north - i64::from(rows),
            rows,
            ..all
        };
        let raster = strip(window)?;
        if raster.window() != &window || raster.values().len() != window.len() {
            let problem = "a strip of a picture has other cells than asked for";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem).into());
        }
        stream.write_all(raster.values())?;
        north = window.south;
    }
    stream.finish().map_err(io::Error::from)?;
    writer.finish().map_err(io::Error::from)?;
    Ok(())
}

/// The text of the world file of a picture, from which programs read where it is. Its name has `.pgw` for `.png`.
#[must_use]
pub fn world_file(grid: &Grid) -> String {
    let cell = grid.lattice().cell();
    let [x, y] = grid.origin();
    // The last two are the centre of the north-western cell.
    let numbers = [cell, 0.0, 0.0, -cell, x + cell / 2.0, y - cell / 2.0];
    numbers.map(|number| format!("{number}\n")).concat()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::Lattice;

    fn grid(columns: u32, rows: u32) -> Grid {
        let window = Window {
            west: 2_000_001,
            south: -7,
            columns,
            rows,
        };
        Grid::new(Lattice::new(0.5, [0.0; 2]).unwrap(), window).unwrap()
    }

    fn number(column: i64, row: i64) -> u8 {
        (column.wrapping_mul(31) ^ row.wrapping_mul(7)) as u8
    }

    fn strip(window: Window) -> io::Result<ByteRaster> {
        let cells = (0..window.len()).map(|at| window.cell_at(at));
        let numbers = cells.map(|[column, row]| number(column, row));
        Ok(ByteRaster::new(window, numbers))
    }

    fn written(grid: &Grid, void: Option<u8>) -> Vec<u8> {
        let mut file = Vec::new();
        write_png(grid, void, &mut file, strip).unwrap();
        file
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn pictures_have_the_numbers_of_the_cells(
            columns in 1_u32..40,
            rows in 1_u32..40,
            void: Option<u8>,
        ) {
            let grid = grid(columns, rows);
            let file = written(&grid, void);
            // A gray of 16 bits, whatever the depth of the picture (PNG 1.2, section 4.2.1.1).
            let transparent = file.windows(6).find(|bytes| bytes.starts_with(b"tRNS"));
            let transparent = transparent.map(|bytes| [bytes[4], bytes[5]]);
            prop_assert_eq!(transparent, void.map(|void| [0, void]));
            let decoder = ::png::Decoder::new(Cursor::new(file));
            let mut reader = decoder.read_info().unwrap();
            let mut numbers = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut numbers).unwrap();
            prop_assert_eq!((reader.info().width, reader.info().height), (columns, rows));
            let window = grid.window();
            for (at, found) in numbers.iter().enumerate() {
                let [column, row] = window.cell_at(at);
                prop_assert_eq!(*found, number(column, row));
            }
        }
    }

    #[test]
    fn strips_are_asked_for_in_order_and_are_small() {
        let grid = grid(3000, 1000);
        let mut asked = Vec::new();
        let make = |window: Window| {
            asked.push(window);
            strip(window)
        };
        write_png(&grid, None, &mut io::sink(), make).unwrap();
        assert!(asked.iter().all(|window| window.len() <= 1 << 20));
        assert_eq!(asked[0].north(), grid.window().north());
        assert!(
            asked
                .windows(2)
                .all(|pair| pair[1].north() == pair[0].south)
        );
        assert_eq!(asked.iter().map(|window| window.rows).sum::<u32>(), 1000);
    }

    #[test]
    fn other_cells_and_grids_without_cells_are_errors() {
        let other = |window: Window| strip(Window { rows: 1, ..window });
        assert!(write_png(&grid(4, 4), None, &mut Vec::new(), other).is_err());
        for (columns, rows) in [(0, 4), (4, 0)] {
            assert!(write_png(&grid(columns, rows), None, &mut Vec::new(), strip).is_err());
        }
    }

    #[test]
    fn the_world_file_has_the_centre_of_the_first_cell() {
        // The corner is 2,000,001 / 2 and -3 / 2.
        let text = "0.5\n0\n0\n-0.5\n1000000.75\n-1.75\n";
        assert_eq!(world_file(&grid(4, 4)), text);
    }
}
