//! What is read of the text of WKT without understanding all of it.

/// Elements that describe a horizontal or geocentric system (WKT 1, then WKT 2).
const SYSTEMS: [&str; 13] = [
    "PROJCS",
    "GEOGCS",
    "GEOCCS",
    "PROJCRS",
    "PROJECTEDCRS",
    "GEOGCRS",
    "GEOGRAPHICCRS",
    "GEODCRS",
    "GEODETICCRS",
    "BASEGEOGCRS",
    "BASEGEODCRS",
    "BOUNDCRS",
    "DERIVEDPROJCRS",
];

/// The first element of a system within the text: all of it, or the horizontal part of a compound system.
pub(crate) fn horizontal(text: &str) -> &str {
    let start = SYSTEMS
        .iter()
        .filter_map(|keyword| start_of(text, keyword))
        .min();
    let Some(start) = start else { return text };
    let element = &text[start..];
    &element[..end(element).unwrap_or(element.len())]
}

/// The name of an element: its first quoted text.
pub(crate) fn name(element: &str) -> Option<&str> {
    let name = element.split('"').nth(1)?.trim();
    (!name.is_empty()).then_some(name)
}

/// The EPSG code that stands directly within an element: `AUTHORITY["EPSG","26912"]` or `ID["EPSG",26912]`.
pub(crate) fn epsg_code(element: &str) -> Option<&str> {
    let own = children(element);
    let id = own
        .filter(|child| starts(child, "AUTHORITY") || starts(child, "ID"))
        .last()?;
    let mut parts = id.split(['[', ',', ']']).skip(1).map(unquoted);
    let is_epsg = parts.next()?.eq_ignore_ascii_case("EPSG");
    parts.next().filter(|_| is_epsg)
}

/// The PROJ string of an `EXTENSION["PROJ4", ..]`: systems whose WKT 1 alone misleads, such as web mercator, have it.
pub(crate) fn proj4_extension(element: &str) -> Option<&str> {
    let extension = &element[start_of(element, "EXTENSION")?..];
    let mut texts = extension.split('"').skip(1).step_by(2);
    let is_proj4 = texts.next()?.eq_ignore_ascii_case("PROJ4");
    texts.next().filter(|_| is_proj4)
}

/// The PROJ string of a geocentric system.
pub(crate) fn geocentric(element: &str) -> Option<String> {
    let is_geocentric = starts(element, "GEOCCS")
        || starts(element, "GEODCRS") && element.to_ascii_lowercase().contains("cartesian");
    let ellipsoid = ["SPHEROID", "ELLIPSOID"]
        .iter()
        .find_map(|keyword| start_of(element, keyword))
        .filter(|_| is_geocentric)?;
    let mut numbers = element[ellipsoid..]
        .split([',', ']'])
        .skip(1)
        .map(str::trim);
    let (a, rf): (f64, f64) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    Some(match rf {
        0.0 => format!("+proj=geocent +R={a} +units=m +no_defs"),
        rf => format!("+proj=geocent +a={a} +rf={rf} +units=m +no_defs"),
    })
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// Where an element of that keyword starts.
fn start_of(text: &str, keyword: &str) -> Option<usize> {
    let upper = text.to_ascii_uppercase();
    upper.match_indices(keyword).map(|(at, _)| at).find(|&at| {
        let before = upper[..at].chars().next_back();
        starts(&upper[at..], keyword) && !before.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}

/// Whether the text is an element of that keyword.
fn starts(text: &str, keyword: &str) -> bool {
    let rest = text
        .get(..keyword.len())
        .filter(|start| start.eq_ignore_ascii_case(keyword))
        .and(text.get(keyword.len()..));
    rest.is_some_and(|rest| rest.trim_start().starts_with(['[', '(']))
}

/// Length of the element that the text starts with.
fn end(text: &str) -> Option<usize> {
    let (mut depth, mut is_quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '[' | '(' if !is_quoted => depth += 1,
            ']' | ')' if !is_quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The elements directly within an element.
fn children(element: &str) -> impl Iterator<Item = &str> {
    let inner = element.find(['[', '(']).map_or("", |at| &element[at + 1..]);
    let (mut depth, mut is_quoted) = (0_i32, false);
    let parts = inner.split(move |c| {
        match c {
            '"' => is_quoted = !is_quoted,
            '[' | '(' if !is_quoted => depth += 1,
            ']' | ')' if !is_quoted => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0 && !is_quoted
    });
    parts.map(str::trim)
}
