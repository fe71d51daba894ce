//! Parses indexes.

use std::collections::HashMap;

use ept_crs::Crs;

use crate::columns::{Locator, points};
use crate::form::{Form, without_mark};
use crate::location::Base;
use crate::record::Records;
use crate::shapefile::{Shapefile, beside, has_extension};
use crate::template::Template;
use crate::zip::{Member, Zip};
use crate::{Index, IndexError, Row, geojson, list};

/// Default maximum size of an unpacked member of a zip, in bytes.
const MAX_UNPACKED: usize = 500 << 20;
/// Maximum file names that a message repeats.
const SHOWN: usize = 5;

/// Options for reading indexes. By default everything is taken from the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    field: Option<String>,
    template: Option<Template>,
    base: Option<Base>,
    crs: Option<Crs>,
    max_unpacked: usize,
}

/// An index as bytes.
#[derive(Debug, Clone, Copy)]
pub struct IndexFile<'a> {
    location: &'a str,
    bytes: &'a [u8],
    beside: &'a [(&'a str, &'a [u8])],
}

impl<'a> IndexFile<'a> {
    /// A file at a path or URL, to which relative locations in it are resolved.
    #[must_use]
    pub fn new(location: &'a str, bytes: &'a [u8]) -> IndexFile<'a> {
        IndexFile {
            location,
            bytes,
            beside: &[],
        }
    }

    /// Adds the files named by [`companions`](crate::companions), with their extensions.
    #[must_use]
    pub fn with_beside(mut self, beside: &'a [(&'a str, &'a [u8])]) -> IndexFile<'a> {
        self.beside = beside;
        self
    }
}

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            field: None,
            template: None,
            base: None,
            crs: None,
            max_unpacked: MAX_UNPACKED,
        }
    }
}

impl Reading {
    /// Reads indexes with default options.
    #[must_use]
    pub fn new() -> Reading {
        Reading::default()
    }

    /// Takes locations from the field with this name, in STAC from the asset. Case, spaces, hyphens and underscores do
    /// not matter.
    #[must_use]
    pub fn with_url_field(mut self, name: &str) -> Reading {
        self.field = Some(name.to_owned());
        self
    }

    /// Builds locations from several fields, given text with their names in braces, for example `{Sheet}/{Name}.laz`.
    ///
    /// # Errors
    /// If it names no field, or a brace is unmatched.
    pub fn with_url_template(mut self, template: &str) -> Result<Reading, IndexError> {
        self.template = Some(template.parse()?);
        Ok(self)
    }

    /// Resolves relative locations to this folder or URL instead of the folder of the index.
    #[must_use]
    pub fn with_base(mut self, folder: &str) -> Reading {
        self.base = Some(Base::folder(folder));
        self
    }

    /// Sets the coordinate system of the boxes, whatever the index says.
    #[must_use]
    pub fn with_crs(mut self, crs: Crs) -> Reading {
        self.crs = Some(crs);
        self
    }

    /// Maximum size of an unpacked member of a zip, in bytes. 500 MiB by default.
    #[must_use]
    pub fn with_max_unpacked(mut self, bytes: usize) -> Reading {
        self.max_unpacked = bytes;
        self
    }

    /// Reads an index. Its kind is determined by its contents, not its name.
    ///
    /// By default, locations are in a field called `url`, `location`, `href` or similar, in any case; in a file name,
    /// if it ends like that of a point file; or in an asset of a STAC item. Relative ones are resolved to the folder of
    /// the index.
    ///
    /// # Errors
    /// If it is not an index, contradicts its format, contains several shapefiles, or has no locations.
    pub fn read(&self, file: &IndexFile<'_>) -> Result<Index, IndexError> {
        let base = self.base.clone();
        let base = base.unwrap_or_else(|| Base::beside(file.location));
        self.finish(self.records(file)?, &base)
    }

    fn records(&self, file: &IndexFile<'_>) -> Result<Records, IndexError> {
        match Form::of(file.bytes)? {
            Form::Zip => self.unzipped(file.bytes),
            Form::Shapefile => {
                let beside = |extension: &str| {
                    let mut files = file.beside.iter();
                    let found = files.find(|(name, _)| name.eq_ignore_ascii_case(extension));
                    found.map(|(_, bytes)| *bytes)
                };
                self.shapefile(file.bytes, beside)
            }
            other => self.text(file.bytes, other),
        }
    }

    fn shapefile<'a>(
        &self,
        shp: &'a [u8],
        part: impl Fn(&str) -> Option<&'a [u8]>,
    ) -> Result<Records, IndexError> {
        let shapefile = Shapefile {
            shp,
            shx: part("shx"),
            dbf: part("dbf"),
            prj: part("prj").filter(|_| self.crs.is_none()),
        };
        let mut records = shapefile.read()?;
        records.crs = self.crs.clone().or(records.crs);
        Ok(records)
    }

    fn text(&self, bytes: &[u8], form: Form) -> Result<Records, IndexError> {
        if form == Form::Json {
            return geojson::read(bytes, self.crs.as_ref());
        }
        let text = crate::bytes::text(without_mark(bytes));
        let is_table = self.field.is_some() || self.template.is_some();
        let mut records = list::read(&text, is_table)?;
        records.crs.clone_from(&self.crs);
        Ok(records)
    }

    /// The only shapefile in an archive or, failing that, the only other index.
    fn unzipped(&self, bytes: &[u8]) -> Result<Records, IndexError> {
        let zip = Zip::new(bytes)?;
        let unpack = |member: &Member| zip.unpack(member, self.max_unpacked);
        if let Some(shp) = only(&zip, &["shp"])? {
            let part = |extension: &str| beside(&zip, &shp.name, extension);
            let part = |extension: &str| part(extension).map(unpack).transpose();
            let (shx, dbf, prj) = (part("shx")?, part("dbf")?, part("prj")?);
            let parts = [("shx", &shx), ("dbf", &dbf), ("prj", &prj)];
            let found = |extension: &str| {
                let part = parts.iter().find(|(name, _)| *name == extension)?;
                part.1.as_deref()
            };
            return self.shapefile(&unpack(shp)?, found);
        }
        let other = only(&zip, &["vpc", "geojson", "json", "csv", "txt"])?;
        let other = other.ok_or_else(|| {
            IndexError::Unknown("the zip contains neither a shapefile nor another index".into())
        })?;
        let bytes = unpack(other)?;
        match Form::of(&bytes)? {
            form @ (Form::Json | Form::Text) => self.text(&bytes, form),
            Form::Zip | Form::Shapefile => {
                let problem = "its contents do not match its name";
                Err(IndexError::malformed(&other.name, problem))
            }
        }
    }

    /// Finds the locations and lists each once.
    fn finish(&self, records: Records, base: &Base) -> Result<Index, IndexError> {
        let template = self.template.as_ref();
        let locator = Locator::choose(&records.records, self.field.as_deref(), template)?;
        let mut index = Index {
            crs: records.crs,
            next: records.next.map(|next| next.completed(base)),
            ..Index::default()
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        for (record, number) in records.records.into_iter().zip(1..) {
            let location = locator.locate(&record);
            let location = location.map(|location| location.trim().to_owned());
            let Some(location) = location.filter(|location| !location.is_empty()) else {
                index.unlocated.push(number);
                continue;
            };
            let location = base.complete(&location);
            match known.get(&location) {
                Some(&at) => {
                    index.repeated += 1;
                    index.rows[at].merge(record.bounds, points(&record));
                }
                None => {
                    known.insert(location.clone(), index.rows.len());
                    index.rows.push(Row {
                        location,
                        bounds: record.bounds,
                        points: points(&record),
                        attributes: record.attributes,
                    });
                }
            }
        }
        Ok(index)
    }
}

/// The only member with one of the extensions. `None` if there is none.
fn only<'a>(zip: &'a Zip<'_>, extensions: &[&str]) -> Result<Option<&'a Member>, IndexError> {
    let is_wanted = |member: &&Member| {
        let mut extensions = extensions.iter();
        extensions.any(|extension| has_extension(&member.name, extension))
    };
    let found: Vec<&Member> = zip.members().filter(is_wanted).collect();
    if found.len() > 1 {
        let names: Vec<&str> = found.iter().map(|member| &*member.name).collect();
        let more = names.len().saturating_sub(SHOWN);
        let mut list = names[..names.len() - more].join(", ");
        if more > 0 {
            list += &format!(" and {more} more");
        }
        let problem = format!("it has several indexes, {list}; unpack it and give one of them");
        return Err(IndexError::malformed("zip", problem));
    }
    Ok(found.first().copied())
}
