//! The metadata of a file.

use ept_format::Srs;

/// The metadata of a file. All of it may be unknown.
///
/// ```
/// use ept_export::FileInfo;
/// use ept_format::Srs;
///
/// let srs = Srs { horizontal: Some("26915".into()), ..Srs::default() };
/// let info = FileInfo { srs, note: Some(r#"{"depth":3}"#.into()) };
/// assert_eq!(info.crs().as_deref(), Some("EPSG:26915"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileInfo {
    /// The coordinate system of the points.
    pub srs: Srs,
    /// Any text, for example the origin of the points. It is written unchanged.
    pub note: Option<String>,
}

impl FileInfo {
    /// The coordinate system as one text: its WKT or, failing that, its codes or any other text.
    #[must_use]
    pub fn crs(&self) -> Option<String> {
        let known = self.srs.well_known_text().map(str::to_owned);
        known
            .or_else(|| self.srs.codes())
            .or_else(|| self.srs.wkt.clone())
    }
}
