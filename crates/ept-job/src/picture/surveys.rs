//! Maps of surveys.

use ept_reader::{Area, Bounds, Relation, Survey};
use ept_scene::{
    Legend, Notes, PAPER, Picture, Sheet, Viewpoint, code_color, draw_area, draw_cell,
};

use super::extent::common;
use super::frame::Framing;
use crate::{JobError, PictureSize};

/// How much of what is around the area is shown, by its width and height.
const AROUND: f64 = 3.0;
/// Least width of what is shown, in degrees.
const LEAST: f64 = 0.02;

/// A map of the boxes of surveys around an area, in longitude and latitude, the largest below the others. `None` if the area
/// or none of the surveys can be located.
///
/// # Errors
/// If what is shown can't be drawn, which can't happen with finite degrees.
pub fn surveys_map(
    surveys: &[Survey],
    area: &Area,
    size: PictureSize,
) -> Result<Option<Picture>, JobError> {
    let boxes = surveys.iter().enumerate();
    let mut boxes: Vec<(usize, Bounds)> = boxes
        .filter_map(|(number, survey)| Some((number, flat(&survey.bounds?)?)))
        .collect();
    let own = area.in_degrees().ok().and_then(|own| flat(&own));
    let Some(own) = own else {
        return Ok(None);
    };
    if boxes.is_empty() {
        return Ok(None);
    }
    let (min, max) = (own.min(), own.max());
    let reach = [0, 1].map(|i| ((max[i] - min[i]) * AROUND).max(LEAST));
    let near = own.grown([reach[0], reach[1], 0.0]);
    let all = boxes
        .iter()
        .fold(own, |all, (_, bounds)| all.joined(bounds));
    let shown = common(&near, &all).unwrap_or(near);
    let sheet = Sheet::new(size.pixels(), true, true);
    let srs = ept_reader::Srs::from_text("EPSG:4326");
    let framing = Framing::new(shown, Viewpoint::Top, &srs, sheet.window())?;
    let window = framing.window();
    let mut picture = Picture::new(sheet.window(), PAPER);
    let extent = |bounds: &Bounds| {
        let (min, max) = (bounds.min(), bounds.max());
        (max[0] - min[0]) * (max[1] - min[1])
    };
    boxes.sort_by(|a, b| extent(&b.1).total_cmp(&extent(&a.1)).then(a.0.cmp(&b.0)));
    for (number, bounds) in &boxes {
        draw_cell(&mut picture, &window, bounds, code_color(*number as u64));
    }
    draw_area(&mut picture, &window, |cell| match flat(cell) {
        Some(cell) if own.holds(&cell) => Relation::Inside,
        Some(cell) if !own.intersects(&cell) => Relation::Outside,
        _ => Relation::Edge,
    });
    let name = |survey: &Survey| {
        survey
            .short_name
            .clone()
            .unwrap_or_else(|| survey.name.clone())
    };
    let names = surveys.iter().zip(0_u64..);
    let notes = Notes {
        map: framing.map(),
        ruler: Some(framing.ruler()),
        legend: Some(Legend::Names {
            title: "Surveys".into(),
            names: names
                .map(|(survey, number)| (code_color(number), name(survey)))
                .collect(),
        }),
        ..Notes::default()
    };
    Ok(Some(sheet.compose(&picture, &notes)))
}

/// The box on the ground. `None` if it is not finite.
fn flat(bounds: &Bounds) -> Option<Bounds> {
    let ([x0, y0, _], [x1, y1, _]) = (bounds.min(), bounds.max());
    let is_finite = [x0, y0, x1, y1].iter().all(|number| number.is_finite());
    is_finite
        .then(|| Bounds::new([x0, y0, 0.0], [x1, y1, 0.0]).ok())
        .flatten()
}
