//! Finds the fields of an index with the location and the number of points. Names are compared without case, spaces,
//! hyphens and underscores.

use crate::IndexError;
use crate::location::is_of_points;
use crate::record::Record;
use crate::template::Template;

/// Names of fields that contain whole locations, the most likely first: URL at OpenTopography and USGS, location in
/// `tindex` of PDAL and GDAL, href in STAC, downloadURL in The National Map, `url_telech` at IGN.
const LOCATIONS: [&str; 10] = [
    "url",
    "location",
    "href",
    "downloadurl",
    "urltelech",
    "dataurl",
    "uri",
    "link",
    "path",
    "filepath",
];

/// Names of fields that contain a file name, which is a location if it ends like one.
const NAMES: [&str; 6] = ["filename", "file", "name", "nompkk", "tilename", "tile"];

/// Names of fields that contain the number of points.
const COUNTS: [&str; 7] = [
    "pc:count",
    "count",
    "pointcount",
    "numpoints",
    "npoints",
    "numpts",
    "points",
];

/// Where the locations of an index are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Locator {
    /// In a field, given by its name as from [`plain`].
    Field(String),
    Template(Template),
    /// In the place that the format has for them.
    Own,
}

impl Locator {
    /// The field named by the user, otherwise the most likely one.
    pub(crate) fn choose(
        records: &[Record],
        field: Option<&str>,
        template: Option<&Template>,
    ) -> Result<Locator, IndexError> {
        if records.is_empty() {
            return Ok(Locator::Own);
        }
        if let Some(template) = template {
            template
                .fields()
                .try_for_each(|name| check_field(records, name))?;
            return Ok(Locator::Template(template.clone()));
        }
        if let Some(name) = field {
            check_field(records, name)?;
            return Ok(Locator::Field(plain(name)));
        }
        if records.iter().any(|record| record.location.is_some()) {
            return Ok(Locator::Own);
        }
        let found = likely(records).ok_or_else(|| IndexError::NoLocation {
            fields: names(records),
        });
        Ok(Locator::Field(found?.to_owned()))
    }

    /// The location of a record, as written in the index.
    pub(crate) fn locate(&self, record: &Record) -> Option<String> {
        match self {
            Locator::Own => record.location.clone(),
            Locator::Field(name) => value(record, name),
            Locator::Template(template) => template.fill(|name| value(record, &plain(name))),
        }
    }
}

/// The number of points of a record.
pub(crate) fn points(record: &Record) -> Option<u64> {
    let counts = COUNTS.iter().filter_map(|name| {
        let mut fields = record.attributes.iter();
        fields.find(|(field, _)| plain(field) == *name)
    });
    counts.filter_map(|(_, value)| value.to_count()).next()
}

/// The name in the form in which names are compared.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    kept.flat_map(char::to_lowercase).collect()
}

/// The value of a field or, failing that, the location of an asset.
fn value(record: &Record, name: &str) -> Option<String> {
    let mut fields = record.attributes.iter();
    let field = fields.find(|(field, _)| plain(field) == name);
    if let Some((_, value)) = field {
        return Some(value.to_text());
    }
    let mut assets = record.assets.iter();
    let asset = assets.find(|(asset, _)| plain(asset) == name);
    asset.map(|(_, location)| location.clone())
}

/// The field of the locations: the most likely one with names of point files, otherwise the most likely one by name.
fn likely(records: &[Record]) -> Option<&'static str> {
    let has = |name: &&&str, is_wanted: &dyn Fn(&str) -> bool| {
        let mut values = records.iter().filter_map(|record| value(record, name));
        values.any(|value| is_wanted(&value))
    };
    let mut all = LOCATIONS.iter().chain(&NAMES);
    let sure = all.find(|name| has(name, &is_of_points));
    let found = sure.or_else(|| LOCATIONS.iter().find(|name| has(name, &|_| true)));
    found.copied()
}

fn check_field(records: &[Record], name: &str) -> Result<(), IndexError> {
    let wanted = plain(name);
    if records
        .iter()
        .any(|record| value(record, &wanted).is_some())
    {
        return Ok(());
    }
    Err(IndexError::NoField {
        name: name.to_owned(),
        fields: names(records),
    })
}

/// The fields of the first record with the most fields.
fn names(records: &[Record]) -> String {
    let fields = |record: &Record| {
        let attributes = record.attributes.iter().map(|(name, _)| name.clone());
        let assets = record.assets.iter().map(|(name, _)| name.clone());
        attributes.chain(assets).collect::<Vec<_>>()
    };
    let most = records.iter().map(fields).max_by_key(Vec::len);
    match most.filter(|names| !names.is_empty()) {
        Some(names) => names.join(", "),
        None => "none".into(),
    }
}

/// Whether a field with this name contains locations.
pub(crate) fn is_location(name: &str) -> bool {
    LOCATIONS.contains(&&*plain(name))
}
