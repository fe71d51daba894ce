//! Shapefile indexes, zipped or not.

use ept_crs::Crs;

use crate::IndexError;
use crate::bytes::text;
use crate::dbf::Dbf;
use crate::record::{Record, Records, check_values};
use crate::shp;
use crate::zip::Zip;

/// The files of a shapefile.
#[derive(Debug)]
pub(crate) struct Shapefile<'a> {
    pub(crate) shp: &'a [u8],
    pub(crate) shx: Option<&'a [u8]>,
    pub(crate) dbf: Option<&'a [u8]>,
    pub(crate) prj: Option<&'a [u8]>,
}

/// Extensions of a shapefile's files other than the .shp.
pub(crate) const PARTS: [&str; 3] = ["shx", "dbf", "prj"];

impl Shapefile<'_> {
    pub(crate) fn read(&self) -> Result<Records, IndexError> {
        let dbf = self.dbf.ok_or_else(|| {
            let problem =
                "the .dbf of the shapefile is missing, which contains the locations of the tiles";
            IndexError::malformed(".dbf", problem)
        })?;
        let table = Dbf::new(dbf)?;
        check_values(".dbf", table.values())?;
        let boxes = shp::boxes(self.shp, self.shx)?;
        if table.len() != boxes.len() {
            let (rows, shapes) = (table.len(), boxes.len());
            let problem = format!("it has {rows} rows but {shapes} shapes");
            return Err(IndexError::malformed(".dbf", problem));
        }
        let record = |(at, bounds)| {
            Some(Record {
                attributes: table.row(at)?,
                bounds,
                ..Record::default()
            })
        };
        Ok(Records {
            crs: self.prj.map(crs).transpose()?.flatten(),
            records: boxes.into_iter().enumerate().filter_map(record).collect(),
            next: None,
        })
    }
}

/// The coordinate system of a .prj. `None` if it is blank.
fn crs(prj: &[u8]) -> Result<Option<Crs>, IndexError> {
    let text = text(prj);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    if text.is_empty() {
        return Ok(None);
    }
    let crs = Crs::parse(text);
    crs.map(Some)
        .map_err(|error| IndexError::malformed(".prj", error.to_string()))
}

/// The member of an archive with the same name as another one, except for the extension.
pub(crate) fn beside<'a>(
    zip: &'a Zip<'_>,
    name: &str,
    extension: &str,
) -> Option<&'a crate::zip::Member> {
    let stem = |name: &str| name.rsplit_once('.').map(|(stem, _)| stem.to_lowercase());
    let wanted = stem(name);
    let mut members = zip.members();
    members.find(|member| has_extension(&member.name, extension) && stem(&member.name) == wanted)
}

pub(crate) fn has_extension(name: &str, extension: &str) -> bool {
    let found = name.rsplit_once('.').map(|(_, extension)| extension);
    found.is_some_and(|found| found.eq_ignore_ascii_case(extension))
}
