//! Coordinate systems as GeoTIFF keys (GeoTIFF 1.0, sections 2.4 and 6; OGC GeoTIFF 1.1), which LAS 1.0 to 1.4 use.

use ept_format::Srs;

use crate::bytes::{f64_at, u16_at};

/// The three VLRs that contain GeoTIFF keys.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GeoKeys<'a> {
    /// The keys: record 34735 of `LASF_Projection`.
    pub(crate) directory: &'a [u8],
    /// Values that are 64-bit floats: record 34736.
    pub(crate) doubles: &'a [u8],
    /// Values that are texts: record 34737.
    pub(crate) texts: &'a [u8],
}

/// Where values are that are not in the directory itself.
const IN_DOUBLES: u16 = 34736;
const IN_TEXTS: u16 = 34737;
/// A system described by its parameters.
const USER_DEFINED: u16 = 32767;
/// Precedes WKT in a citation, as ESRI's software writes it.
const ESRI_TEXT: &str = "ESRI PE String = ";

/// Numbers of keys.
mod key {
    pub(super) const MODEL: u16 = 1024;
    pub(super) const CITATION: u16 = 1026;
    pub(super) const GEOGRAPHIC: u16 = 2048;
    pub(super) const GEOGRAPHIC_CITATION: u16 = 2049;
    pub(super) const PROJECTED: u16 = 3072;
    pub(super) const PROJECTED_CITATION: u16 = 3073;
    pub(super) const METHOD: u16 = 3075;
    pub(super) const LINEAR_UNIT: u16 = 3076;
    pub(super) const LINEAR_UNIT_SIZE: u16 = 3077;
    pub(super) const PARALLEL_1: u16 = 3078;
    pub(super) const PARALLEL_2: u16 = 3079;
    pub(super) const ORIGIN_LONGITUDE: u16 = 3080;
    pub(super) const ORIGIN_LATITUDE: u16 = 3081;
    pub(super) const FALSE_EASTING: u16 = 3082;
    pub(super) const FALSE_NORTHING: u16 = 3083;
    pub(super) const FALSE_ORIGIN_LONGITUDE: u16 = 3084;
    pub(super) const FALSE_ORIGIN_LATITUDE: u16 = 3085;
    pub(super) const FALSE_ORIGIN_EASTING: u16 = 3086;
    pub(super) const FALSE_ORIGIN_NORTHING: u16 = 3087;
    pub(super) const CENTER_LONGITUDE: u16 = 3088;
    pub(super) const CENTER_LATITUDE: u16 = 3089;
    pub(super) const SCALE: u16 = 3092;
    pub(super) const VERTICAL: u16 = 4096;
}

impl GeoKeys<'_> {
    /// The coordinate system. Empty if the keys name no supported one.
    pub(crate) fn srs(&self) -> Srs {
        let texts = [
            key::PROJECTED_CITATION,
            key::CITATION,
            key::GEOGRAPHIC_CITATION,
        ];
        let mut texts = texts.into_iter().filter_map(|key| self.text(key));
        let wkt = texts.find_map(|text| Some(text.split_once(ESRI_TEXT)?.1.trim().to_owned()));
        let code = self.horizontal();
        let wkt = match code {
            Some(_) => None,
            None => wkt.or_else(|| self.definition()),
        };
        let is_known = code.is_some();
        let vertical = self.code(key::VERTICAL).filter(|_| is_known);
        Srs {
            authority: code.map(|_| "EPSG".to_owned()),
            horizontal: code.map(|code| code.to_string()),
            vertical: vertical
                .and_then(vertical_system)
                .map(|code| code.to_string()),
            wkt,
            wkt2: None,
        }
    }

    /// EPSG code of the horizontal system.
    fn horizontal(&self) -> Option<u16> {
        // Writers disagree about the model, so a projected system decides.
        if self.number(key::PROJECTED).is_some() {
            return self.code(key::PROJECTED);
        }
        self.code(key::GEOGRAPHIC)
    }

    /// A system described by its parameters, as a PROJ string.
    fn definition(&self) -> Option<String> {
        const PROJECTED_MODEL: u16 = 1;
        if self.number(key::MODEL)? != PROJECTED_MODEL {
            return None;
        }
        let datum = match self.code(key::GEOGRAPHIC)? {
            4326 => "WGS84",
            4267 => "NAD27",
            // NAD83 and its later realisations, which PROJ strings can't tell apart.
            4269 | 4152 | 4759 | 6318 => "NAD83",
            _ => return None,
        };
        let (unit, to_metres) = self.unit()?;
        let double = |keys: &[u16]| keys.iter().find_map(|key| self.double(*key));
        let longitude = double(&[
            key::ORIGIN_LONGITUDE,
            key::FALSE_ORIGIN_LONGITUDE,
            key::CENTER_LONGITUDE,
        ])?;
        let latitude = double(&[
            key::FALSE_ORIGIN_LATITUDE,
            key::ORIGIN_LATITUDE,
            key::CENTER_LATITUDE,
        ])
        .unwrap_or(0.0);
        let easting = double(&[key::FALSE_EASTING, key::FALSE_ORIGIN_EASTING]).unwrap_or(0.0);
        let northing = double(&[key::FALSE_NORTHING, key::FALSE_ORIGIN_NORTHING]).unwrap_or(0.0);
        let method = match self.number(key::METHOD)? {
            1 => {
                let scale = self.double(key::SCALE).unwrap_or(1.0);
                format!("+proj=tmerc +k={scale}")
            }
            method @ (8 | 11) => {
                let name = if method == 8 { "lcc" } else { "aea" };
                let first = self.double(key::PARALLEL_1)?;
                let second = self.double(key::PARALLEL_2)?;
                format!("+proj={name} +lat_1={first} +lat_2={second}")
            }
            _ => return None,
        };
        let (x, y) = (easting * to_metres, northing * to_metres);
        Some(format!(
            "{method} +lat_0={latitude} +lon_0={longitude} +x_0={x} +y_0={y} +datum={datum} {unit} +no_defs"
        ))
    }

    /// The unit of projected coordinates as a PROJ parameter, and in metres.
    fn unit(&self) -> Option<(String, f64)> {
        Some(match self.number(key::LINEAR_UNIT).unwrap_or(9001) {
            9001 => ("+units=m".into(), 1.0),
            9002 => ("+units=ft".into(), 0.3048),
            9003 => ("+units=us-ft".into(), 1200.0 / 3937.0),
            USER_DEFINED => {
                let metres = self.double(key::LINEAR_UNIT_SIZE)?;
                (format!("+to_meter={metres}"), metres)
            }
            _ => return None,
        })
    }

    /// The EPSG code of a key.
    fn code(&self, key: u16) -> Option<u16> {
        self.number(key)
            .filter(|code| (1024..USER_DEFINED).contains(code))
    }

    /// The value of a key that is stored in the directory itself. `None` if there is none.
    fn number(&self, key: u16) -> Option<u16> {
        let [_, place, _, value] = self.entry(key)?;
        (place == 0).then_some(value)
    }

    fn double(&self, key: u16) -> Option<f64> {
        let [_, place, _, at] = self.entry(key)?;
        let bytes = self.doubles.get(usize::from(at) * 8..)?.get(..8)?;
        Some(f64_at(bytes, 0)).filter(|number| place == IN_DOUBLES && number.is_finite())
    }

    fn text(&self, key: u16) -> Option<String> {
        let [_, place, count, at] = self.entry(key)?;
        let text = self.texts.get(usize::from(at)..)?;
        let text = &text[..text.len().min(count.into())];
        let text = String::from_utf8_lossy(text);
        (place == IN_TEXTS).then(|| text.trim_end_matches(['\0', '|']).to_owned())
    }

    /// The entry of a key: key, location of the value, count, value or its index there.
    fn entry(&self, key: u16) -> Option<[u16; 4]> {
        let entries = self.directory.chunks_exact(8).skip(1);
        let mut entries = entries.map(|entry| [0, 2, 4, 6].map(|at| u16_at(entry, at)));
        entries.find(|entry| entry[0] == key)
    }
}

/// EPSG code of a vertical system. GeoTIFF 1.0 uses codes of datums instead.
fn vertical_system(code: u16) -> Option<u16> {
    match code {
        5102 => Some(5702),
        5103 => Some(5703),
        // Heights above ellipsoids, and other datums of GeoTIFF 1.0 (section 6.3.4.1).
        5001..=5033 | 5101..=5106 => None,
        code => Some(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Directory of keys, each a number.
    fn directory(keys: &[[u16; 4]]) -> Vec<u8> {
        let header = [1, 1, 0, keys.len() as u16];
        let all = std::iter::once(&header).chain(keys).flatten();
        all.flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn codes_name_the_system() {
        let directory = directory(&[[1024, 0, 1, 1], [3072, 0, 1, 26915], [4096, 0, 1, 5103]]);
        let keys = GeoKeys {
            directory: &directory,
            ..GeoKeys::default()
        };
        assert_eq!(keys.srs().codes().as_deref(), Some("EPSG:26915+5703"));
    }

    #[test]
    fn geographic_systems_are_named_by_their_own_key() {
        let directory = directory(&[[1024, 0, 1, 2], [2048, 0, 1, 4326]]);
        let keys = GeoKeys {
            directory: &directory,
            ..GeoKeys::default()
        };
        assert_eq!(keys.srs().codes().as_deref(), Some("EPSG:4326"));
    }

    #[test]
    fn user_defined_systems_are_described_by_their_parts() {
        // Texas South Central in US survey feet, whose false easting is in the unit of the system.
        let numbers = [
            30.283_333,
            28.383_333,
            -99.0,
            27.833_333,
            1_968_500.0,
            13_123_333.333,
        ];
        let doubles: Vec<u8> = numbers.iter().flat_map(|n| f64::to_le_bytes(*n)).collect();
        let directory = directory(&[
            [1024, 0, 1, 1],
            [2048, 0, 1, 4269],
            [3072, 0, 1, 32767],
            [3075, 0, 1, 8],
            [3076, 0, 1, 9003],
            [3078, 34736, 1, 0],
            [3079, 34736, 1, 1],
            [3084, 34736, 1, 2],
            [3085, 34736, 1, 3],
            [3086, 34736, 1, 4],
            [3087, 34736, 1, 5],
        ]);
        let keys = GeoKeys {
            directory: &directory,
            doubles: &doubles,
            texts: &[],
        };
        let text = keys.srs().wkt.unwrap();
        assert!(text.starts_with("+proj=lcc +lat_1=30.283333"), "{text}");
        assert!(
            text.contains("+x_0=600000.0") || text.contains("+x_0=600000 "),
            "{text}"
        );
        assert!(text.contains("+units=us-ft"), "{text}");
    }

    #[test]
    fn keys_that_point_nowhere_say_nothing() {
        let directory = directory(&[[3072, 0, 1, 32767], [3073, 34737, 60000, 65535]]);
        for cut in 0..directory.len() {
            let keys = GeoKeys {
                directory: &directory[..cut],
                ..GeoKeys::default()
            };
            assert!(keys.srs().is_empty());
        }
    }
}
