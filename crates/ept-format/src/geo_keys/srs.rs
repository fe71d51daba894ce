//! GeoTIFF keys to coordinate systems.

use super::USER_DEFINED;
use crate::{GeoKey, GeoKeys, Srs};

/// Precedes WKT in a citation, as ESRI's software writes it.
const ESRI_TEXT: &str = "ESRI PE String = ";

impl GeoKeys {
    /// The coordinate system. Empty if the keys name no supported one.
    #[must_use]
    pub fn srs(&self) -> Srs {
        let texts = [
            GeoKey::ProjectedCitation,
            GeoKey::Citation,
            GeoKey::GeodeticCitation,
        ];
        let mut texts = texts.into_iter().filter_map(|key| self.text(key));
        let wkt = texts.find_map(|text| Some(text.split_once(ESRI_TEXT)?.1.trim().to_owned()));
        let code = self.horizontal();
        let wkt = match code {
            Some(_) => None,
            None => wkt.or_else(|| self.definition()),
        };
        let is_known = code.is_some();
        let vertical = self.code(GeoKey::Vertical).filter(|_| is_known);
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
        if self.number(GeoKey::ProjectedCrs).is_some() {
            return self.code(GeoKey::ProjectedCrs);
        }
        self.code(GeoKey::GeodeticCrs)
    }

    /// A system described by its parameters, as a PROJ string.
    fn definition(&self) -> Option<String> {
        const PROJECTED_MODEL: u16 = 1;
        if self.number(GeoKey::ModelType)? != PROJECTED_MODEL {
            return None;
        }
        let datum = match self.code(GeoKey::GeodeticCrs)? {
            4326 => "WGS84",
            4267 => "NAD27",
            // NAD83 and its later realisations, which PROJ strings can't tell apart.
            4269 | 4152 | 4759 | 6318 => "NAD83",
            _ => return None,
        };
        let (unit, to_metres) = self.unit()?;
        let double = |keys: &[GeoKey]| keys.iter().find_map(|key| self.double(*key));
        let longitude = double(&[
            GeoKey::NaturalOriginLongitude,
            GeoKey::FalseOriginLongitude,
            GeoKey::CentreLongitude,
        ])?;
        let latitude = double(&[
            GeoKey::FalseOriginLatitude,
            GeoKey::NaturalOriginLatitude,
            GeoKey::CentreLatitude,
        ])
        .unwrap_or(0.0);
        let easting = double(&[GeoKey::FalseEasting, GeoKey::FalseOriginEasting]).unwrap_or(0.0);
        let northing = double(&[GeoKey::FalseNorthing, GeoKey::FalseOriginNorthing]).unwrap_or(0.0);
        let method = match self.number(GeoKey::Method)? {
            1 => {
                let scale = self.double(GeoKey::NaturalOriginScale).unwrap_or(1.0);
                format!("+proj=tmerc +k={scale}")
            }
            method @ (8 | 11) => {
                let name = if method == 8 { "lcc" } else { "aea" };
                let first = self.double(GeoKey::StandardParallel1)?;
                let second = self.double(GeoKey::StandardParallel2)?;
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
        Some(match self.number(GeoKey::LinearUnit).unwrap_or(9001) {
            9001 => ("+units=m".into(), 1.0),
            9002 => ("+units=ft".into(), 0.3048),
            9003 => ("+units=us-ft".into(), 1200.0 / 3937.0),
            USER_DEFINED => {
                let metres = self.double(GeoKey::LinearUnitSize)?;
                (format!("+to_meter={metres}"), metres)
            }
            _ => return None,
        })
    }

    /// The EPSG code of a key.
    fn code(&self, key: GeoKey) -> Option<u16> {
        self.number(key)
            .filter(|code| (1024..USER_DEFINED).contains(code))
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

    #[test]
    fn codes_name_the_system() {
        let keys = GeoKeys::default()
            .with_number(GeoKey::ModelType, 1)
            .with_number(GeoKey::ProjectedCrs, 26915)
            .with_number(GeoKey::Vertical, 5103);
        assert_eq!(keys.srs().codes().as_deref(), Some("EPSG:26915+5703"));
    }

    #[test]
    fn geographic_systems_are_named_by_their_own_key() {
        let keys = GeoKeys::default()
            .with_number(GeoKey::ModelType, 2)
            .with_number(GeoKey::GeodeticCrs, 4326);
        assert_eq!(keys.srs().codes().as_deref(), Some("EPSG:4326"));
    }

    #[test]
    fn user_defined_systems_are_described_by_their_parts() {
        // Texas South Central in US survey feet, whose false easting is in the unit of the system.
        let keys = GeoKeys::default()
            .with_number(GeoKey::ModelType, 1)
            .with_number(GeoKey::GeodeticCrs, 4269)
            .with_number(GeoKey::ProjectedCrs, USER_DEFINED)
            .with_number(GeoKey::Method, 8)
            .with_number(GeoKey::LinearUnit, 9003)
            .with_double(GeoKey::StandardParallel1, 30.283_333)
            .with_double(GeoKey::StandardParallel2, 28.383_333)
            .with_double(GeoKey::FalseOriginLongitude, -99.0)
            .with_double(GeoKey::FalseOriginLatitude, 27.833_333)
            .with_double(GeoKey::FalseOriginEasting, 1_968_500.0)
            .with_double(GeoKey::FalseOriginNorthing, 13_123_333.333);
        let text = keys.srs().wkt.unwrap();
        assert!(text.starts_with("+proj=lcc +lat_1=30.283333"), "{text}");
        assert!(
            text.contains("+x_0=600000.0") || text.contains("+x_0=600000 "),
            "{text}"
        );
        assert!(text.contains("+units=us-ft"), "{text}");
    }
}
