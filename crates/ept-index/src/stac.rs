//! Reads STAC items as indexes, including those of VPC.

use ept_crs::Crs;
use ept_format::Bounds;
use serde_json::Value;

use crate::IndexError;
use crate::geojson::{attributes, fault};
use crate::geometry::{bbox, bounds_of};
use crate::location::is_of_points;
use crate::record::{Record, Records};

/// Roles of assets that are not the points themselves (STAC best practices; VPC).
const OTHER_ROLES: [&str; 4] = ["overview", "thumbnail", "metadata", "visual"];

/// The records of items. Boxes are in the coordinate system of the points if all items name the same one and have boxes
/// in it, otherwise in longitude and latitude.
pub(crate) fn read(items: &[Value]) -> Result<Records, IndexError> {
    let natives: Vec<Option<Native>> = items.iter().map(Native::of).collect();
    let is_native = is_one(&natives);
    let first = natives.iter().flatten().next();
    let crs = match first.filter(|_| is_native) {
        // VPC writes this for files whose coordinate system is unknown.
        Some(native) if native.crs.is_empty() => Some(None),
        Some(native) => Crs::parse(&native.crs).ok().map(Some),
        None => None,
    };
    let is_native = crs.is_some();
    let record = |(item, native): (&Value, Option<Native>)| Record {
        attributes: attributes(&item["properties"]),
        bounds: if is_native {
            native.map(|native| native.bounds)
        } else {
            bbox(&item["bbox"], true).or_else(|| bounds_of(&item["geometry"]).ok().flatten())
        },
        location: location(item),
        assets: assets(item)
            .map(|(name, href, _)| (name.to_owned(), href.to_owned()))
            .collect(),
    };
    Ok(Records {
        crs: match crs {
            Some(crs) => crs,
            None => Some(Crs::wgs84().map_err(fault)?),
        },
        records: items.iter().zip(natives).map(record).collect(),
        next: None,
    })
}

/// A box in the coordinate system of the points (projection extension, versions 1 and 2).
#[derive(Debug)]
struct Native {
    /// A code or WKT. Empty if it is stated to be unknown.
    crs: String,
    bounds: Bounds,
}

impl Native {
    fn of(item: &Value) -> Option<Native> {
        let properties = &item["properties"];
        let text = |name: &str| properties[name].as_str().map(str::to_owned);
        let epsg = properties["proj:epsg"].as_u64();
        let epsg = epsg.map(|code| format!("EPSG:{code}"));
        Some(Native {
            crs: text("proj:wkt2").or(text("proj:code")).or(epsg)?,
            bounds: bbox(&properties["proj:bbox"], false)?,
        })
    }
}

/// Whether all items have a native box in the same coordinate system.
fn is_one(natives: &[Option<Native>]) -> bool {
    let Some(Some(first)) = natives.first() else {
        return false;
    };
    let mut others = natives.iter();
    others.all(|native| {
        native
            .as_ref()
            .is_some_and(|native| native.crs == first.crs)
    })
}

/// The point file of an item: an asset whose location ends like one or, failing that, whose role or name is `data`.
fn location(item: &Value) -> Option<String> {
    let is_data =
        |(name, _, asset): &(&str, &str, &Value)| has_role(asset, &["data"]) || *name == "data";
    let files = || assets(item).filter(|(_, _, asset)| !has_role(asset, &OTHER_ROLES));
    let points = || files().filter(|(_, href, _)| is_of_points(href));
    let found = points().find(is_data).or_else(|| points().next());
    let found = found.or_else(|| files().find(is_data));
    found.map(|(_, href, _)| href.to_owned())
}

/// Name, location and description of each asset.
fn assets(item: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let assets = item["assets"].as_object().into_iter().flatten();
    assets.filter_map(|(name, asset)| Some((&**name, asset["href"].as_str()?.trim(), asset)))
}

fn has_role(asset: &Value, wanted: &[&str]) -> bool {
    let mut roles = asset["roles"].as_array().into_iter().flatten();
    roles.any(|role| role.as_str().is_some_and(|role| wanted.contains(&role)))
}
