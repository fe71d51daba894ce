//! A band of a raster.

/// A band of a raster, as files describe it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Band {
    /// Short name, which programs show, for example `mean`.
    pub name: String,
    /// Unit of the values, for example `metre`. `None` if they have none.
    pub unit: Option<String>,
    /// What the values are, in a sentence. GDAL shows it as `long_name` among the metadata of the band.
    pub description: Option<String>,
}

impl Band {
    /// A band with a name.
    #[must_use]
    pub fn new(name: &str) -> Band {
        Band {
            name: name.to_owned(),
            ..Band::default()
        }
    }
}
