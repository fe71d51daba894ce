//! Public services with surveys, and short names for their datasets.

use std::borrow::Cow;

use ept_format::Bounds;

use crate::Error;

/// Addresses of public services with surveys, each of which may be replaced by a mirror or a test server.
///
/// Short names are locations: `ot:NAME` is the tile index of a survey in OpenTopography's bulk storage, `usgs:NAME` the
/// EPT dataset of a survey of USGS 3DEP.
///
/// ```
/// use ept_reader::Services;
///
/// let services = Services::default();
/// assert_eq!(
///     services.location("ot:NZ15_Huntly")?,
///     "https://opentopography.s3.sdsc.edu/pc-bulk/NZ15_Huntly/NZ15_Huntly_TileIndex.zip"
/// );
/// assert_eq!(services.location("tiles/a.laz")?, "tiles/a.laz");
/// # Ok::<(), ept_reader::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services {
    /// OpenTopography's portal, with the catalogue at `API/otCatalog`.
    pub opentopography: String,
    /// OpenTopography's bulk storage of point clouds, with a folder for each survey.
    pub opentopography_bulk: String,
    /// The EPT datasets of USGS 3DEP, with a folder for each.
    pub usgs: String,
    /// The list of these datasets, in GeoJSON.
    pub usgs_list: String,
    /// The list of datasets of NOAA's coastal lidar, as STAC items.
    pub noaa_list: String,
}

impl Default for Services {
    fn default() -> Services {
        Services {
            opentopography: "https://portal.opentopography.org".into(),
            opentopography_bulk: "https://opentopography.s3.sdsc.edu/pc-bulk".into(),
            usgs: "https://s3-us-west-2.amazonaws.com/usgs-lidar-public".into(),
            usgs_list: "https://raw.githubusercontent.com/hobuinc/usgs-lidar/master/boundaries/resources.geojson"
                .into(),
            noaa_list: "https://noaa-nos-coastal-lidar-pds.s3.amazonaws.com/entwine/stac/noaa_item_collection.json"
                .into(),
        }
    }
}

/// Prefixes of short names.
pub(crate) const OPENTOPOGRAPHY: &str = "ot:";
pub(crate) const USGS: &str = "usgs:";

impl Services {
    /// The services at their usual addresses, unless these environment variables are set: `EPT_OPENTOPOGRAPHY_URL`,
    /// `EPT_OPENTOPOGRAPHY_BULK_URL`, `EPT_USGS_URL`, `EPT_USGS_LIST_URL` and `EPT_NOAA_LIST_URL`.
    #[must_use]
    pub fn from_env() -> Services {
        let mut services = Services::default();
        for (name, place) in [
            ("EPT_OPENTOPOGRAPHY_URL", &mut services.opentopography),
            (
                "EPT_OPENTOPOGRAPHY_BULK_URL",
                &mut services.opentopography_bulk,
            ),
            ("EPT_USGS_URL", &mut services.usgs),
            ("EPT_USGS_LIST_URL", &mut services.usgs_list),
            ("EPT_NOAA_LIST_URL", &mut services.noaa_list),
        ] {
            if let Ok(url) = std::env::var(name)
                && !url.is_empty()
            {
                *place = url;
            }
        }
        services
    }

    /// Addresses of the answers of OpenTopography's catalogue for a box in longitude and latitude. A box across the
    /// antimeridian has two.
    #[must_use]
    pub fn opentopography_catalog(&self, degrees: &Bounds) -> Vec<String> {
        let portal = self.opentopography.trim_end_matches('/');
        let ([west, south, _], [east, north, _]) = (degrees.min(), degrees.max());
        let parts = if east > 180.0 {
            vec![[west, 180.0], [-180.0, east - 360.0]]
        } else {
            vec![[west, east]]
        };
        let url = |[west, east]: [f64; 2]| {
            format!(
                "{portal}/API/otCatalog?productFormat=PointCloud&minx={west}&miny={south}&maxx={east}&maxy={north}\
                 &detail=true&outputFormat=json&include_federated=true"
            )
        };
        parts.into_iter().map(url).collect()
    }

    /// The name of the survey in the short name of a tile index: `NZ15_Huntly` of `ot:NZ15_Huntly`. `None` for other
    /// locations.
    #[must_use]
    pub fn opentopography_name(location: &str) -> Option<&str> {
        location.strip_prefix(OPENTOPOGRAPHY)
    }

    /// The full location for a short name. Other locations are returned unchanged.
    ///
    /// # Errors
    /// If the short name contains characters that names of surveys don't have.
    pub fn location<'a>(&self, location: &'a str) -> Result<Cow<'a, str>, Error> {
        if let Some(name) = location.strip_prefix(OPENTOPOGRAPHY) {
            let name = checked(name, location)?;
            let bulk = self.opentopography_bulk.trim_end_matches('/');
            return Ok(format!("{bulk}/{name}/{name}_TileIndex.zip").into());
        }
        if let Some(name) = location.strip_prefix(USGS) {
            let name = checked(name, location)?;
            let usgs = self.usgs.trim_end_matches('/');
            return Ok(format!("{usgs}/{name}/ept.json").into());
        }
        Ok(location.into())
    }
}

/// The name of a survey, checked because it becomes part of a path.
fn checked<'a>(name: &'a str, location: &str) -> Result<&'a str, Error> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if !name.is_empty() && !name.starts_with('.') && name.chars().all(is_part) {
        return Ok(name);
    }
    Err(Error::Location {
        location: location.to_owned(),
        problem: "is not the short name of a survey, which contains only letters, digits, _, - and .; `ept find` lists them"
            .into(),
    })
}
