//! What `ept view` was told, in the words of `ept query` and for people.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use ept_reader::{Crs, Edge, without_secrets};
use ept_view::Words;

use crate::args::{AreaArgs, DatasetArgs, IndexArgs};
use crate::command::view::ViewArgs;

/// The flags of `ept query` that select the same points. Secrets are left out.
pub(crate) fn words(args: &ViewArgs, has_octree: bool) -> Words {
    let points = &args.points;
    let mut words = Flags(Vec::new());
    words.dataset(&points.dataset);
    words.area(&points.area);
    words.add("--where", points.filter.as_ref());
    words.add("--origin", points.origin.as_ref());
    words.set("--origin-by-bounds", points.origin_by_bounds);
    for (name, location) in &points.addons {
        let location = without_secrets(location);
        words.add("--addon", Some(format!("{name}={location}")));
    }
    words.add("--resolution", args.resolution);
    words.add("--depth", args.depth);
    let grids = args.read.grids.as_ref();
    words.add("--grids", grids.map(|folder| folder.display()));
    let locations = points.dataset.locations.iter();
    Words {
        locations: locations
            .map(|location| without_secrets(location))
            .collect(),
        flags: words.0,
        has_octree,
    }
}

/// The selection for people. `None` if everything is shown.
pub(crate) fn sentence(args: &ViewArgs) -> Option<String> {
    let points = &args.points;
    let has_area = points.area.bounds.is_some() || points.area.polygon.is_some();
    let parts = [
        has_area.then(|| "inside the given area".to_owned()),
        points
            .filter
            .as_ref()
            .map(|filter| format!("with {filter}")),
        points.origin.as_ref().map(|origin| format!("of {origin}")),
        args.resolution
            .map(|spacing| format!("down to a spacing of {spacing}")),
        args.depth.map(|depth| format!("of depths 0 to {depth}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("Points {}", parts.join(", ")))
}

/// Flags with their values.
struct Flags(Vec<(String, Option<String>)>);

impl Flags {
    fn add(&mut self, flag: &str, value: Option<impl ToString>) {
        let value = value.map(|value| (flag.to_owned(), Some(value.to_string())));
        self.0.extend(value);
    }

    fn set(&mut self, flag: &str, is_set: bool) {
        self.0.extend(is_set.then(|| (flag.to_owned(), None)));
    }

    fn dataset(&mut self, args: &DatasetArgs) {
        self.add("--list", args.list.as_ref().map(|path| path.display()));
        self.set("--vertical-as-is", args.vertical_as_is);
        let srs = args.override_crs.as_ref();
        let srs = srs.and_then(|srs| srs.codes().or_else(|| srs.wkt.clone()));
        self.add("--override-crs", srs);
        let IndexArgs {
            url_field,
            url_template,
            base,
            index_crs,
        } = &args.index;
        self.add("--url-field", url_field.as_ref());
        self.add("--url-template", url_template.as_ref());
        self.add("--base", base.as_deref().map(without_secrets));
        self.add("--index-crs", index_crs.as_ref().map(Crs::definition));
        self.add("--endpoint", args.connection.endpoint.as_ref());
        self.set("--requester-pays", args.connection.requester_pays);
    }

    fn area(&mut self, args: &AreaArgs) {
        self.add("--bounds", args.bounds.as_ref());
        self.add("--polygon", args.polygon.as_ref());
        self.add("--crs", args.crs.as_ref().map(Crs::definition));
        self.add("--buffer", args.buffer);
        let edge = args.edge.to_possible_value();
        let edge = edge.filter(|_| args.edge.0 != Edge::Closed);
        self.add("--edge", edge.as_ref().map(PossibleValue::get_name));
    }
}
