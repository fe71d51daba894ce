//! Coordinate systems as GeoTIFF keys.

mod key;
mod srs;

pub use key::GeoKey;

/// A coordinate system as GeoTIFF keys (GeoTIFF 1.0, section 2.4; OGC GeoTIFF 1.1), as rasters and LAS files have them.
///
/// The keys may come from any file: places outside the parts are read as absent keys.
///
/// ```
/// use ept_format::{GeoKey, GeoKeys};
///
/// let keys = GeoKeys::default()
///     .with_number(GeoKey::ModelType, 1)
///     .with_number(GeoKey::ProjectedCrs, 26915);
/// assert_eq!(keys.directory(), [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 26915]);
/// assert_eq!(keys.srs().codes().as_deref(), Some("EPSG:26915"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GeoKeys {
    directory: Vec<u16>,
    doubles: Vec<f64>,
    texts: Vec<u8>,
}

/// Where values are that are not in the directory itself: the tags of TIFF, and the records of LAS with these numbers.
const IN_DOUBLES: u16 = 34736;
const IN_TEXTS: u16 = 34737;
/// Stands for a system or part that is described by its parameters.
const USER_DEFINED: u16 = 32767;

impl GeoKeys {
    /// The value of keys for something that is described by its parameters.
    pub const USER_DEFINED: u16 = USER_DEFINED;

    /// Keys from the three tags of a TIFF file: 34735 (directory), 34736 (64-bit floats), 34737 (texts).
    #[must_use]
    pub fn new(directory: Vec<u16>, doubles: Vec<f64>, texts: Vec<u8>) -> GeoKeys {
        GeoKeys {
            directory,
            doubles,
            texts,
        }
    }

    /// Keys from the three records of a LAS file, which are little-endian.
    #[must_use]
    pub fn from_bytes(directory: &[u8], doubles: &[u8], texts: &[u8]) -> GeoKeys {
        let (directory, _) = directory.as_chunks();
        let (doubles, _) = doubles.as_chunks();
        GeoKeys {
            directory: directory.iter().copied().map(u16::from_le_bytes).collect(),
            doubles: doubles.iter().copied().map(f64::from_le_bytes).collect(),
            texts: texts.to_vec(),
        }
    }

    /// The header and four numbers for each key, ascending.
    #[must_use]
    pub fn directory(&self) -> &[u16] {
        &self.directory
    }

    /// Values that are 64-bit floats.
    #[must_use]
    pub fn doubles(&self) -> &[f64] {
        &self.doubles
    }

    /// Values that are texts, each with `|` at its end.
    #[must_use]
    pub fn texts(&self) -> &[u8] {
        &self.texts
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.directory.len() <= 4
    }

    /// Adds a key whose value is a number.
    #[must_use]
    pub fn with_number(mut self, key: GeoKey, number: u16) -> GeoKeys {
        self.insert([key.number(), 0, 1, number]);
        self
    }

    /// Adds a key whose value is a 64-bit float.
    #[must_use]
    pub fn with_double(mut self, key: GeoKey, double: f64) -> GeoKeys {
        self.insert([key.number(), IN_DOUBLES, 1, self.doubles.len() as u16]);
        self.doubles.push(double);
        self
    }

    /// Adds a key whose value is a text. Characters other than printable ASCII become blanks; of a longer text the first
    /// 1000 characters are kept.
    #[must_use]
    pub fn with_text(mut self, key: GeoKey, text: &str) -> GeoKeys {
        let start = self.texts.len();
        let shown = text.chars().take(1000).map(|c| match c {
            ' '..='~' => c as u8,
            _ => b' ',
        });
        self.texts.extend(shown);
        self.texts.push(b'|');
        let length = self.texts.len() - start;
        self.insert([key.number(), IN_TEXTS, length as u16, start as u16]);
        self
    }

    /// Adds an entry in its place. The minor revision is 1 if the vertical system is a code, as in GDAL.
    fn insert(&mut self, entry: [u16; 4]) {
        if self.directory.len() < 4 {
            self.directory = vec![1, 1, 0, 0];
        }
        let (entries, _) = self.directory.as_chunks::<4>();
        let is_before = |other: &&[u16; 4]| other[0] <= entry[0];
        let at = 4 + 4 * entries[1..].iter().take_while(is_before).count();
        self.directory.splice(at..at, entry);
        self.directory[3] = (self.directory.len() / 4 - 1) as u16;
        if entry[0] == GeoKey::Vertical.number() {
            self.directory[2] = 1;
        }
    }

    /// The value of a key that is stored in the directory itself. `None` if there is none.
    #[must_use]
    pub fn number(&self, key: GeoKey) -> Option<u16> {
        let [_, place, _, value] = self.entry(key)?;
        (place == 0).then_some(value)
    }

    /// The finite value of a key that is a 64-bit float. `None` if there is none.
    #[must_use]
    pub fn double(&self, key: GeoKey) -> Option<f64> {
        let [_, place, _, at] = self.entry(key)?;
        let number = *self.doubles.get(usize::from(at))?;
        (place == IN_DOUBLES && number.is_finite()).then_some(number)
    }

    /// The value of a key that is a text. `None` if there is none.
    #[must_use]
    pub fn text(&self, key: GeoKey) -> Option<String> {
        let [_, place, count, at] = self.entry(key)?;
        let text = self.texts.get(usize::from(at)..)?;
        let text = &text[..text.len().min(count.into())];
        let text = String::from_utf8_lossy(text);
        (place == IN_TEXTS).then(|| text.trim_end_matches(['\0', '|']).to_owned())
    }

    /// The entry of a key: key, location of the value, count, value or its index there.
    fn entry(&self, key: GeoKey) -> Option<[u16; 4]> {
        let (entries, _) = self.directory.as_chunks::<4>();
        let mut entries = entries.iter().skip(1).copied();
        entries.find(|entry| entry[0] == key.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ascending_whatever_the_order_in_which_they_are_added() {
        let keys = GeoKeys::default()
            .with_number(GeoKey::Vertical, 5703)
            .with_text(GeoKey::Citation, "NAD83 | UTM\n15N ä")
            .with_double(GeoKey::FalseEasting, 500_000.0)
            .with_number(GeoKey::ModelType, 1);
        let expected = [
            [1, 1, 1, 4],
            [1024, 0, 1, 1],
            [1026, 34737, 18, 0],
            [3082, 34736, 1, 0],
            [4096, 0, 1, 5703],
        ];
        assert_eq!(keys.directory(), expected.as_flattened());
        assert_eq!(keys.texts(), b"NAD83 | UTM 15N  |");
        assert_eq!(keys.double(GeoKey::FalseEasting), Some(500_000.0));
        assert_eq!(
            keys.text(GeoKey::Citation).as_deref(),
            Some("NAD83 | UTM 15N  ")
        );
    }

    #[test]
    fn records_of_las_are_read_as_the_same_keys() {
        let keys = GeoKeys::default()
            .with_number(GeoKey::ProjectedCrs, 26915)
            .with_double(GeoKey::FalseEasting, 1.5);
        let directory: Vec<u8> = keys
            .directory()
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        let read = GeoKeys::from_bytes(&directory, &1.5_f64.to_le_bytes(), &[]);
        assert_eq!(read, keys);
    }

    #[test]
    fn keys_that_point_nowhere_say_nothing() {
        let all = [1, 1, 0, 2, 3072, 0, 1, 32767, 3073, 34737, 60000, 65535];
        for cut in 0..all.len() {
            let keys = GeoKeys::new(all[..cut].to_vec(), Vec::new(), Vec::new());
            assert!(keys.srs().is_empty());
        }
    }
}
