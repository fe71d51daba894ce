//! What is written around a picture.

use ept_crs::{horizontal_unit, srs_codes, vertical_unit};
use ept_reader::{Selection, Srs};
use ept_scene::{Canvas, ColorBy, Legend, NO_VALUE, Notes, Paint, class_name, depth_color};

use super::frame::Framing;

/// The notes of a picture, without a legend.
pub(crate) fn notes(selection: &Selection, framing: &Framing, has_losses: bool) -> Notes {
    Notes {
        map: framing.map(),
        ruler: Some(framing.ruler()),
        crs: crs_name(&selection.frame().srs),
        has_losses,
        ..Notes::default()
    }
}

fn crs_name(srs: &Srs) -> Option<String> {
    let codes = srs_codes(srs).or_else(|| srs.codes());
    match (srs.name(), codes) {
        (Some(name), Some(codes)) => Some(format!("{name} ({codes})")),
        (Some(name), None) => Some(name.to_owned()),
        (None, codes) => codes,
    }
}

/// The legend of points. `None` if their colours are measured.
pub(crate) fn points_legend(canvas: &Canvas, paint: &Paint, srs: &Srs) -> Option<Legend> {
    let by = paint.by();
    let names = |title: &str| Legend::Names {
        title: title.to_owned(),
        names: canvas
            .codes(by)
            .into_keys()
            .map(|code| (paint.color(code as f64), code_name(by, code)))
            .collect(),
    };
    let ramp = |title: String| Legend::Ramp {
        title,
        limits: paint.limits(),
    };
    Some(match by {
        ColorBy::Rgb => return None,
        ColorBy::Height => ramp(match height_unit(srs) {
            Some(unit) => format!("Height ({unit})"),
            None => "Height".into(),
        }),
        ColorBy::Intensity => ramp("Intensity".into()),
        ColorBy::Time => ramp("GPS time (s)".into()),
        ColorBy::Class => names("Class"),
        ColorBy::Return => names("Return number"),
        ColorBy::Source => names("Point source"),
    })
}

fn code_name(by: ColorBy, code: u64) -> String {
    let class = u8::try_from(code).ok().and_then(class_name);
    match class.filter(|_| by == ColorBy::Class) {
        Some(class) => format!("{code} {class}"),
        None => code.to_string(),
    }
}

fn height_unit(srs: &Srs) -> Option<String> {
    let unit = vertical_unit(srs).or_else(|| horizontal_unit(srs))?;
    Some(match unit.as_str() {
        "metre" | "degree" => "m".into(),
        "foot" | "US survey foot" => "ft".into(),
        _ => unit,
    })
}

/// The legend of nodes, by the deepest depth. `None` if they have no depths.
pub(crate) fn nodes_legend(deepest: Option<u32>) -> Legend {
    let depths = deepest.into_iter().flat_map(|deepest| {
        (0..=deepest).map(move |depth| (depth_color(depth, deepest), depth.to_string()))
    });
    match deepest {
        Some(_) => Legend::Names {
            title: "Depth".into(),
            names: depths.collect(),
        },
        None => Legend::Names {
            title: "Files".into(),
            names: vec![(NO_VALUE, "box of the header".into())],
        },
    }
}
