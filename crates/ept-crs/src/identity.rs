//! What the coordinate system of a dataset is in short: its codes and its units.

use ept_format::Srs;
use terrio_crs::identify_epsg;

use crate::Crs;
use crate::vertical::Vertical;

/// Units of coordinates that have a name of EPSG, by their length in metres.
const UNITS: [(f64, &str); 5] = [
    (1.0, "metre"),
    (0.3048, "foot"),
    (1200.0 / 3937.0, "US survey foot"),
    (0.304_800_60, "US survey foot"),
    (1000.0, "kilometre"),
];

/// The EPSG codes of a coordinate system, such as `EPSG:26915` or `EPSG:26915+5703`: those that it names, else those that
/// its texts stand for. `None` if the horizontal system is not one of EPSG.
///
/// ```
/// use ept_crs::srs_codes;
/// use ept_format::Srs;
///
/// let srs = Srs::from_text("+proj=tmerc +lat_0=41.5 +lon_0=-93.5 +datum=NAD83 +units=m");
/// assert_eq!(srs_codes(&srs), None);
/// assert_eq!(srs_codes(&Srs::from_text("EPSG:26915+5703")).as_deref(), Some("EPSG:26915+5703"));
/// ```
#[must_use]
pub fn srs_codes(srs: &Srs) -> Option<String> {
    let is_epsg = srs
        .authority
        .as_deref()
        .unwrap_or("EPSG")
        .eq_ignore_ascii_case("EPSG");
    let own = srs.horizontal.clone().filter(|_| is_epsg);
    let found = || {
        let crs = Crs::of(srs).ok()?;
        let system = crs.system();
        let identified = || identify_epsg(system.wkt.as_deref()?);
        system.epsg.or_else(identified).map(|code| code.to_string())
    };
    let horizontal = own.or_else(found)?;
    let vertical = Vertical::of(srs).ok().flatten();
    let vertical = vertical.and_then(|vertical| Some(vertical.code()?.to_string()));
    Some(match vertical.or_else(|| srs.vertical.clone()) {
        Some(vertical) => format!("EPSG:{horizontal}+{vertical}"),
        None => format!("EPSG:{horizontal}"),
    })
}

/// The unit of x and y, see [`Crs::unit`]. `None` if the system is not known.
#[must_use]
pub fn horizontal_unit(srs: &Srs) -> Option<String> {
    Some(Crs::of(srs).ok()?.unit())
}

/// The unit of heights, by the vertical system alone. `None` if there is none that is known.
#[must_use]
pub fn vertical_unit(srs: &Srs) -> Option<String> {
    let vertical = Vertical::of(srs).ok().flatten()?;
    vertical.metres().map(unit)
}

/// Metres per unit of heights: that of the vertical system if it is known, otherwise [`Crs::metres_per_height`]. `None` if
/// neither system is known.
#[must_use]
pub fn metres_per_height(srs: &Srs) -> Option<f64> {
    let vertical = Vertical::of(srs).ok().flatten();
    let vertical = vertical.and_then(|vertical| vertical.metres());
    vertical.or_else(|| Some(Crs::of(srs).ok()?.metres_per_height()))
}

impl Crs {
    /// The unit of x and y: `degree`, `metre`, `foot`, `US survey foot`, `kilometre`, or the number of metres.
    #[must_use]
    pub fn unit(&self) -> String {
        if self.is_geographic() {
            "degree".into()
        } else {
            unit(self.metres_per_height())
        }
    }
}

fn unit(metres: f64) -> String {
    let is_same = |(known, _): &&(f64, &str)| (metres / known - 1.0).abs() < 1e-9;
    match UNITS.iter().find(is_same) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("{metres} m"),
    }
}
