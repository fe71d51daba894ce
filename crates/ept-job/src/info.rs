//! Information about a dataset.

use ept_crs::{horizontal_unit, srs_codes, vertical_unit};
use ept_format::is_same_dimension;
use ept_points::TileHeader;
use ept_reader::{Bounds, DataType, Dataset, Dimension, Header, Metadata, Query};
use serde_json::{Map, Value, json};

use crate::place::lon_lat;
use crate::{Levels, sorted_json};

/// Information about a dataset, and the depth of its octree.
#[derive(Debug, Clone)]
pub struct Info {
    dataset: Dataset,
    levels: Option<Levels>,
    /// The header of the first tile, if it could be read and has one of its own.
    first_tile: Option<TileHeader>,
}

impl Info {
    /// Reads what is known without a walk: the first page of the hierarchy, if there is one, and the header of the
    /// first tile.
    pub async fn of(dataset: &Dataset) -> Info {
        let all = dataset.select(&Query::new()).ok();
        let first_tile = match &all {
            Some(all) if dataset.header().is_none() => all.first_tile_header().await,
            _ => None,
        };
        Info {
            first_tile,
            levels: Levels::of(dataset).await,
            dataset: dataset.clone(),
        }
    }

    /// The dataset.
    #[must_use]
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// The depth of its octree. `None` if it has none.
    #[must_use]
    pub fn levels(&self) -> Option<&Levels> {
        self.levels.as_ref()
    }

    /// Number of points according to `ept.json` or the headers of files. `None` if a source does not have it.
    #[must_use]
    pub fn points(&self) -> Option<u64> {
        self.dataset.claimed_points()
    }

    /// Number of sources.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.dataset.locations().len()
    }

    /// The kind of dataset: `EPT`, `COPC`, `LAZ`, `LAS`, or `several` sources.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.sources() > 1 {
            return "several";
        }
        match self.dataset.header() {
            None => "EPT",
            Some(_) if self.dataset.frame().spacing.is_some() => "COPC",
            Some(header) if header.is_compressed => "LAZ",
            Some(_) => "LAS",
        }
    }

    /// Spacing of each depth, from the root down, as far as the first page lists them.
    #[must_use]
    pub fn spacings(&self) -> Vec<f64> {
        let depths = self.levels.iter().flat_map(Levels::depths);
        let frame = self.dataset.frame();
        depths.filter_map(|depth| frame.spacing_at(depth)).collect()
    }

    /// Whether the first tile stores a dimension of the schema. `None` if that is not known. Binary and zstandard tiles
    /// store all of the schema.
    #[must_use]
    pub fn is_stored(&self, name: &str) -> Option<bool> {
        let ept = self.dataset.ept().ok();
        if ept.is_none_or(|ept| ept.metadata().data_type() != DataType::Laszip) {
            return Some(true);
        }
        let stored = &self.first_tile.as_ref()?.dimensions;
        Some(stored.iter().any(|own| is_same_dimension(own, name)))
    }

    /// The header of the first tile of an EPT dataset. `None` if it could not be read, or tiles have none.
    #[must_use]
    pub fn first_tile(&self) -> Option<&TileHeader> {
        self.first_tile.as_ref()
    }

    /// West, south, east and north end of the extent, in degrees. `None` if the coordinate system is not known.
    #[must_use]
    pub fn lon_lat(&self) -> Option<[f64; 4]> {
        lon_lat(self.dataset.frame())
    }

    /// What was seen, where all else is what `ept.json` or the header of the file claims.
    fn seen(&self) -> Value {
        let levels = self
            .levels
            .as_ref()
            .filter(|levels| levels.problem.is_none());
        let first_tile = self.first_tile.as_ref().map(|tile| {
            json!({
                "points": tile.points,
                "pointFormat": tile.point_format,
                "scale": tile.scaling.scale,
                "offset": tile.scaling.offset,
                "bounds": tile.bounds.as_ref().map(numbers),
                "dimensions": tile.dimensions.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        });
        json!({
            "points": levels.map(|levels| levels.points),
            "allPoints": levels.is_some_and(|levels| !levels.has_more),
            "firstTile": first_tile,
        })
    }

    /// All information as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let frame = self.dataset.frame();
        let srs = &frame.srs;
        let mut object = json!({
            "kind": self.kind(),
            "points": self.points(),
            "bounds": numbers(&frame.bounds),
            "boundsConforming": frame.conforming.as_ref().map(numbers),
            "srs": {
                "name": srs.name(),
                "codes": srs_codes(srs),
                "authority": srs.authority,
                "horizontal": srs.horizontal,
                "vertical": srs.vertical,
                "wkt": srs.wkt,
                "wkt2": srs.wkt2,
            },
            "lonLat": self.lon_lat(),
            "units": { "horizontal": horizontal_unit(srs), "vertical": vertical_unit(srs) },
            "seen": self.seen(),
            "spacing": self.spacings(),
            "deeper": self.levels.as_ref().is_some_and(|levels| levels.has_more),
            "schema": frame.schema.iter().map(|d| self.dimension(d)).collect::<Vec<_>>(),
        });
        let own = match (self.dataset.ept(), self.dataset.header()) {
            (Ok(ept), _) => of_ept(ept.metadata()),
            (_, Some(header)) => of_file(header),
            _ => json!({ "sources": self.dataset.locations() }),
        };
        if let (Value::Object(object), Value::Object(own)) = (&mut object, own) {
            object.extend(own);
        }
        sorted_json(object)
    }

    fn dimension(&self, dimension: &Dimension) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), dimension.name.clone().into());
        object.insert("type".into(), dimension.scalar.to_string().into());
        object.insert("scale".into(), dimension.scale.into());
        object.insert("offset".into(), dimension.offset.into());
        object.insert("inTiles".into(), self.is_stored(&dimension.name).into());
        if let Some(statistics) = &dimension.statistics {
            let values = [
                ("minimum", statistics.minimum),
                ("maximum", statistics.maximum),
                ("mean", statistics.mean),
                ("stddev", statistics.stddev),
                ("variance", statistics.variance),
            ];
            object.insert("count".into(), statistics.count.into());
            object.extend(values.map(|(name, value)| (name.to_owned(), value.into())));
        }
        object.into()
    }
}

fn of_ept(metadata: &Metadata) -> Value {
    json!({
        "version": metadata.version(),
        "dataType": metadata.data_type().to_string(),
        "hierarchyType": metadata.hierarchy_type().to_string(),
        "span": metadata.span(),
    })
}

fn of_file(header: &Header) -> Value {
    let (day, year) = header.created;
    json!({
        "version": format!("1.{}", header.minor),
        "pointFormat": header.point_format.number(),
        "pointsByReturn": header.points_by_return,
        "systemIdentifier": header.system_identifier,
        "generatingSoftware": header.generating_software,
        "createdDay": day,
        "createdYear": year,
    })
}

fn numbers(bounds: &Bounds) -> Vec<f64> {
    bounds.min().into_iter().chain(bounds.max()).collect()
}
