//! What a page needs to know of a dataset before it looks.

use std::collections::HashMap;

use ept_crs::{horizontal_unit, metres_per_height, srs_codes};
use ept_format::ScalarType;
use ept_reader::{Bounds, CachedTile, Frame, Selection, Srs};
use ept_scene::{CLASSES, ColorBy, PALETTE, Paint, RAMP, class_color, class_name};
use serde_json::{Value, json};

use crate::ViewOptions;
use crate::losses::corners;

/// Number of points that a page asks for at first.
const BUDGET: u64 = 1_000_000;

/// The description of a dataset, of which `sample` are some points.
pub(crate) fn describe(
    selection: &Selection,
    options: &ViewOptions,
    paints: &HashMap<ColorBy, Paint>,
    sample: Option<&CachedTile>,
) -> Value {
    let (dataset, frame) = (selection.dataset(), selection.frame());
    let colors = ColorBy::ALL
        .into_iter()
        .filter(|by| paints.contains_key(by));
    let limits = paints.iter().filter(|(by, _)| by.is_continuous());
    let limits = limits.map(|(by, paint)| (by.to_string(), json!(paint.limits())));
    let source = options.source.clone().unwrap_or_else(|| dataset.location());
    json!({
        "name": short_name(&source),
        "source": source,
        "points": dataset.claimed_points(),
        "bounds": corners(&frame.bounds),
        "conforming": corners(&extent(selection)),
        "spacing": frame.spacing,
        "srs": srs(&frame.srs),
        "dimensions": dimensions(frame),
        "colors": colors.map(ColorBy::name).collect::<Vec<_>>(),
        "color": first_color(options, frame, paints, sample).name(),
        "limits": limits.collect::<serde_json::Map<_, _>>(),
        "ramp": RAMP.as_slice(),
        "classes": classes(frame, sample),
        "palette": PALETTE.as_slice(),
        "command": options.words.query(),
        "budget": BUDGET,
        "minPixels": 1.0,
        "maxDepth": selection.bound().depth(),
        "selection": options.selection,
        "outline": outline(selection),
    })
}

/// The bounds of the points, within those of the areas as far as they are boxes.
fn extent(selection: &Selection) -> Bounds {
    let whole = *selection.frame().extent();
    let areas = selection.query().areas().iter();
    areas
        .filter_map(ept_reader::Area::as_bounds)
        .fold(whole, |all, area| {
            let min = [0, 1, 2].map(|i| f64::max(all.min()[i], area.min()[i]));
            let max = [0, 1, 2].map(|i| f64::min(all.max()[i], area.max()[i]));
            // Nothing is inside areas that don't overlap.
            Bounds::new(min, max).unwrap_or(all)
        })
}

/// The last part of a location that says more than the kind of a file.
fn short_name(location: &str) -> String {
    let location = location.trim_end_matches("/ept.json").trim_end_matches('/');
    let name = location.rsplit(['/', '\\']).next().unwrap_or(location);
    name.to_owned()
}

fn srs(srs: &Srs) -> Value {
    let crs = ept_crs::Crs::of(srs).ok();
    let is_geographic = crs.as_ref().is_some_and(ept_crs::Crs::is_geographic);
    let metres = crs.as_ref().filter(|_| !is_geographic);
    let metres = metres.map(ept_crs::Crs::metres_per_height);
    let name = srs.name().or(crs.as_ref().map(ept_crs::Crs::name));
    json!({
        "name": name,
        "code": srs_codes(srs),
        "unit": horizontal_unit(srs).map(short_unit),
        "metres": metres,
        "heightMetres": metres_per_height(srs),
        "isGeographic": is_geographic,
    })
}

/// The symbol of a unit.
fn short_unit(unit: String) -> String {
    match &*unit {
        "metre" => "m".into(),
        "foot" => "ft".into(),
        "US survey foot" => "us-ft".into(),
        "kilometre" => "km".into(),
        "degree" => "°".into(),
        _ => unit,
    }
}

fn dimensions(frame: &Frame) -> Value {
    let dimensions = frame.schema.iter();
    let dimensions = dimensions.map(|dimension| {
        let is_computed = dimension.scale != 1.0 || dimension.offset != 0.0;
        // Coordinates are always decoded as such.
        let is_computed = is_computed || matches!(&*dimension.name, "X" | "Y" | "Z");
        let scalar = if is_computed {
            ScalarType::F64
        } else {
            dimension.scalar
        };
        json!({ "name": dimension.name, "type": scalar.to_string() })
    });
    dimensions.collect()
}

fn first_color(
    options: &ViewOptions,
    frame: &Frame,
    paints: &HashMap<ColorBy, Paint>,
    sample: Option<&CachedTile>,
) -> ColorBy {
    let wanted = options.color.filter(|by| paints.contains_key(by));
    wanted.unwrap_or_else(|| ColorBy::default_of(frame, sample.map(CachedTile::points)))
}

/// The classes that the points have, as far as that is known, otherwise those that have a name.
fn classes(frame: &Frame, sample: Option<&CachedTile>) -> Value {
    let known = frame
        .dimension("Classification")
        .and_then(|dimension| dimension.statistics.as_ref());
    let mut counts: Vec<(u8, Option<u64>)> = known
        .into_iter()
        .flat_map(|known| &known.counts)
        .filter(|(code, _)| (0.0..=255.0).contains(code))
        .map(|&(code, points)| (code as u8, Some(points)))
        .collect();
    if counts.is_empty() {
        let named = CLASSES.iter().map(|class| class.code);
        let values = sample.and_then(|tile| tile.points().find("Classification"));
        let seen = values
            .and_then(ept_reader::Values::to_f64)
            .unwrap_or_default();
        let codes = named.chain(seen.into_iter().map(|code| code as u8));
        counts = codes.map(|code| (code, None)).collect();
    }
    counts.sort_unstable();
    counts.dedup_by_key(|(code, _)| *code);
    let classes = counts.into_iter().map(|(code, points)| {
        let name = class_name(code).map_or_else(|| format!("Class {code}"), str::to_owned);
        json!({ "code": code, "name": name, "color": class_color(code), "points": points })
    });
    classes.collect()
}

/// Lines around the areas in the dataset's coordinates. Null if there are none, or they can't be drawn.
fn outline(selection: &Selection) -> Value {
    let query = selection.query();
    let areas = query.areas().iter().chain(query.any_of());
    let outlines = areas.filter_map(|area| area.outline(selection.frame()));
    let lines: Vec<_> = outlines.flatten().collect();
    if lines.is_empty() {
        Value::Null
    } else {
        json!(lines)
    }
}
