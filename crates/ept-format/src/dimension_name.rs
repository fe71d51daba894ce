//! The one rule for the names of dimensions.

/// PDAL's names of the dimensions of LAS and EPT, each with its other names (PDAL's `Dimension.json`; LAS 1.4 R15).
const KNOWN: [(&str, &[&str]); 32] = [
    ("X", &[]),
    ("Y", &[]),
    ("Z", &[]),
    ("Intensity", &[]),
    ("ReturnNumber", &[]),
    ("NumberOfReturns", &[]),
    ("ScanDirectionFlag", &[]),
    ("EdgeOfFlightLine", &[]),
    ("Classification", &[]),
    ("ClassFlags", &["ClassificationFlags"]),
    ("Synthetic", &[]),
    ("KeyPoint", &[]),
    ("Withheld", &[]),
    ("Overlap", &[]),
    ("ScanChannel", &["ScannerChannel"]),
    ("ScanAngleRank", &["ScanAngle"]),
    ("UserData", &[]),
    ("PointSourceId", &[]),
    ("GpsTime", &[]),
    ("Red", &[]),
    ("Green", &[]),
    ("Blue", &[]),
    ("Infrared", &["NIR", "NearInfrared"]),
    ("WavePacketDescriptorIndex", &[]),
    ("WaveformDataOffset", &[]),
    ("WaveformPacketSize", &[]),
    ("ReturnPointWaveformLocation", &[]),
    ("WaveformXt", &[]),
    ("WaveformYt", &[]),
    ("WaveformZt", &[]),
    ("OriginId", &[]),
    ("PointId", &[]),
];

/// PDAL's name of a dimension of LAS or EPT, given any of its names: in any case, a second name (`NIR`), with
/// underscores or spaces (`gps_time`). `None` if it is another dimension.
///
/// ```
/// use ept_format::known_dimension;
///
/// assert_eq!(known_dimension("GPSTime"), Some("GpsTime"));
/// assert_eq!(known_dimension("point_source_id"), Some("PointSourceId"));
/// assert_eq!(known_dimension("confidence"), None);
/// ```
#[must_use]
pub fn known_dimension(name: &str) -> Option<&'static str> {
    let is = |known: &str| letters(known).eq(letters(name));
    let mut dimensions = KNOWN.iter();
    let found = dimensions.find(|(known, others)| is(known) || others.iter().any(|o| is(o)));
    found.map(|(known, _)| *known)
}

/// What is compared of a name: its bytes in lower case, without underscores and spaces.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    let counts = |byte: &u8| !matches!(byte, b'_' | b' ');
    name.bytes()
        .filter(counts)
        .map(|byte| byte.to_ascii_lowercase())
}

/// Whether two names mean the same dimension. Case does not matter, nor which of its names a [known](known_dimension)
/// dimension has.
///
/// ```
/// use ept_format::is_same_dimension;
///
/// assert!(is_same_dimension("nir", "Infrared"));
/// assert!(!is_same_dimension("Red", "Infrared"));
/// ```
#[must_use]
pub fn is_same_dimension(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || known_dimension(a).is_some_and(|a| known_dimension(b) == Some(a))
}

/// The position of the dimension that a user calls `name`: the exact name if there is one, otherwise the first that
/// means the same by [`is_same_dimension`].
pub fn position_of_dimension<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    name: &str,
) -> Option<usize> {
    let exact = names.clone().position(|other| other == name);
    exact.or_else(|| {
        let mut names = names;
        names.position(|other| is_same_dimension(other, name))
    })
}
