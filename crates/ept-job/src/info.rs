//! What a dataset says about itself.

use ept_reader::{Bounds, Dataset, Dimension, Ept, Error};
use serde_json::{Map, Value, json};

use crate::{Levels, sorted_json};

/// The metadata of a dataset, and how deep its octree goes.
#[derive(Debug, Clone)]
pub struct Info {
    ept: Ept,
    levels: Levels,
}

impl Info {
    /// Reads what is to be known without a walk: the first page of the hierarchy.
    ///
    /// # Errors
    /// When the dataset is not EPT.
    pub async fn of(dataset: &Dataset) -> Result<Info, Error> {
        let ept = dataset.ept()?.clone();
        Ok(Info {
            levels: Levels::of(&ept).await,
            ept,
        })
    }

    /// The dataset.
    #[must_use]
    pub fn ept(&self) -> &Ept {
        &self.ept
    }

    /// How deep its octree goes.
    #[must_use]
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// All of it as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let metadata = self.ept.metadata();
        let depths = self.levels.depths();
        let spacings: Vec<f64> = depths.map(|depth| metadata.spacing(depth)).collect();
        let srs = metadata.srs();
        sorted_json(json!({
            "version": metadata.version(),
            "points": metadata.points(),
            "dataType": metadata.data_type().to_string(),
            "hierarchyType": metadata.hierarchy_type().to_string(),
            "span": metadata.span(),
            "bounds": numbers(metadata.bounds()),
            "boundsConforming": metadata.bounds_conforming().map(numbers),
            "srs": {
                "name": srs.name(),
                "authority": srs.authority,
                "horizontal": srs.horizontal,
                "vertical": srs.vertical,
                "wkt": srs.wkt,
                "wkt2": srs.wkt2,
            },
            "spacing": spacings,
            "deeper": self.levels.has_more,
            "schema": metadata.schema().iter().map(dimension).collect::<Vec<_>>(),
        }))
    }
}

fn numbers(bounds: &Bounds) -> Vec<f64> {
    bounds.min().into_iter().chain(bounds.max()).collect()
}

fn dimension(dimension: &Dimension) -> Value {
    let mut object = Map::new();
    object.insert("name".into(), dimension.name.clone().into());
    object.insert("type".into(), dimension.scalar.to_string().into());
    object.insert("scale".into(), dimension.scale.into());
    object.insert("offset".into(), dimension.offset.into());
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
