//! A parser of TIFF that checks the rules of Cloud Optimized GeoTIFF as GDAL writes it.

use std::collections::BTreeMap;

/// A file that keeps the rules.
pub(crate) struct CogFile {
    pub(crate) images: Vec<Image>,
}

/// The tags of an image: type and bytes of each value.
pub(crate) struct Image {
    pub(crate) columns: u64,
    pub(crate) rows: u64,
    tags: BTreeMap<u16, (u16, Vec<u8>)>,
}

impl CogFile {
    /// Parses a file. Panics if it breaks a rule.
    pub(crate) fn check(file: &[u8]) -> CogFile {
        let is_big = match &file[..4] {
            b"II\x2a\0" => false,
            b"II\x2b\0" => true,
            other => panic!("{other:?}"),
        };
        let (wide, header) = if is_big { (8, 16) } else { (4, 8) };
        let number = |at: usize, size: usize| {
            file[at..at + size]
                .iter()
                .rev()
                .fold(0_u64, |n, byte| n << 8 | u64::from(*byte))
        };
        let structure = b"GDAL_STRUCTURAL_METADATA_SIZE=000140 bytes\nLAYOUT=IFDS_BEFORE_DATA\n\
            BLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\nBLOCK_TRAILER=LAST_4_BYTES_REPEATED\n\
            KNOWN_INCOMPATIBLE_EDITION=NO\n ";
        assert!(file[header..].starts_with(structure));

        let mut images = Vec::new();
        let mut end = header + structure.len();
        let mut at = number(header - wide, wide) as usize;
        while at != 0 {
            // Directories follow each other, at even places.
            assert_eq!(at, end.next_multiple_of(2));
            let (count, entries, entry) = if is_big {
                (number(at, 8), at + 8, 20)
            } else {
                (number(at, 2), at + 2, 12)
            };
            let mut tags = BTreeMap::new();
            let mut last = 0;
            end = entries + count as usize * entry + wide;
            for index in 0..count as usize {
                let place = entries + index * entry;
                let tag = number(place, 2) as u16;
                assert!(tag > last, "tags are not ascending");
                last = tag;
                let kind = number(place + 2, 2) as u16;
                let size = match kind {
                    1 | 2 => 1,
                    3 => 2,
                    4 => 4,
                    12 | 16 => 8,
                    other => panic!("{other}"),
                };
                let length = number(place + 4, wide) as usize * size;
                let mut value = place + 4 + wide;
                if length > wide {
                    value = number(value, wide) as usize;
                    assert_eq!(value, end);
                    end = (value + length).next_multiple_of(2);
                }
                tags.insert(tag, (kind, file[value..value + length].to_vec()));
            }
            at = number(entries + count as usize * entry, wide) as usize;
            let mut image = Image {
                columns: 0,
                rows: 0,
                tags,
            };
            (image.columns, image.rows) = (image.longs(256)[0], image.longs(257)[0]);
            images.push(image);
        }
        // Each overview is half the image before it.
        for pair in images.windows(2) {
            assert_eq!(pair[1].columns, pair[0].columns.div_ceil(2));
            assert_eq!(pair[1].rows, pair[0].rows.div_ceil(2));
            assert_eq!(pair[1].longs(254), [1]);
        }
        // Tiles fill the rest, those of the smallest overview first, row by row, each between its size and its last bytes.
        for image in images.iter().rev() {
            let tiles = image.columns.div_ceil(512) * image.rows.div_ceil(512);
            let (offsets, sizes) = (image.longs(324), image.longs(325));
            assert_eq!((offsets.len() as u64, sizes.len() as u64), (tiles, tiles));
            for (offset, size) in offsets.into_iter().zip(sizes) {
                if size == 0 {
                    assert_eq!(offset, 0);
                    continue;
                }
                assert_eq!(offset as usize, end + 4);
                assert_eq!(number(end, 4), size);
                end += 4 + size as usize;
                assert_eq!(file[end..end + 4], file[end - 4..end]);
                end += 4;
            }
        }
        assert_eq!(end, file.len());
        CogFile { images }
    }
}

impl Image {
    /// Numbers of any unsigned type.
    pub(crate) fn longs(&self, tag: u16) -> Vec<u64> {
        let (kind, bytes) = &self.tags[&tag];
        let size = match kind {
            3 => 2,
            4 => 4,
            16 => 8,
            other => panic!("{other}"),
        };
        bytes
            .chunks(size)
            .map(|number| {
                number
                    .iter()
                    .rev()
                    .fold(0, |n, byte| n << 8 | u64::from(*byte))
            })
            .collect()
    }

    pub(crate) fn shorts(&self, tag: u16) -> Vec<u64> {
        assert_eq!(self.tags[&tag].0, 3);
        self.longs(tag)
    }

    pub(crate) fn doubles(&self, tag: u16) -> Vec<f64> {
        let (kind, bytes) = &self.tags[&tag];
        assert_eq!(*kind, 12);
        bytes
            .chunks(8)
            .map(|number| f64::from_le_bytes(number.try_into().unwrap()))
            .collect()
    }

    /// A text without the zero at its end.
    pub(crate) fn text(&self, tag: u16) -> String {
        let (kind, bytes) = &self.tags[&tag];
        assert_eq!((*kind, bytes.last()), (2, Some(&0)));
        String::from_utf8(bytes[..bytes.len() - 1].to_vec()).unwrap()
    }

    pub(crate) fn sizes(&self) -> impl Iterator<Item = u64> {
        self.longs(325).into_iter()
    }
}
