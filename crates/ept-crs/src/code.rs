//! EPSG codes as text.

/// Prefixes of the authority in the long forms of OGC.
const PREFIXES: [&str; 5] = [
    "urn:ogc:def:crs:",
    "http://www.opengis.net/def/crs/",
    "https://www.opengis.net/def/crs/",
    "http://opengis.net/def/crs/",
    "https://opengis.net/def/crs/",
];

/// A horizontal EPSG code, and the vertical one if a text such as `EPSG:26912+5703` adds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CrsCode {
    pub(crate) horizontal: u32,
    pub(crate) vertical: Option<u32>,
}

impl CrsCode {
    /// Parses the code in a text. The error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<CrsCode, String> {
        let short = without_prefix(text);
        if is_crs84(short) {
            return Ok(CrsCode {
                horizontal: 4326,
                vertical: None,
            });
        }
        let parts: Vec<&str> = short.split([':', '/']).collect();
        let codes = match parts.as_slice() {
            [codes] => codes,
            // The long forms have a version between authority and code.
            [authority, codes] | [authority, _, codes] => {
                if !authority.eq_ignore_ascii_case("EPSG") {
                    return Err(format!("{authority:?} is not the authority EPSG"));
                }
                codes
            }
            _ => return Err("it is not an EPSG code".into()),
        };
        let (horizontal, vertical) = match codes.split_once('+') {
            Some((horizontal, vertical)) => (horizontal, Some(vertical)),
            None => (*codes, None),
        };
        Ok(CrsCode {
            horizontal: number(horizontal)?,
            vertical: vertical.map(number).transpose()?,
        })
    }
}

fn without_prefix(text: &str) -> &str {
    let rest = PREFIXES.iter().find_map(|prefix| {
        let start = text.get(..prefix.len())?;
        start
            .eq_ignore_ascii_case(prefix)
            .then(|| &text[prefix.len()..])
    });
    rest.unwrap_or(text)
}

/// Whether this is longitude and latitude of WGS 84 as OGC names it: `CRS84`, `OGC:CRS84`, `OGC:1.3:CRS84`.
fn is_crs84(short: &str) -> bool {
    let upper = short.to_ascii_uppercase();
    let parts: Vec<&str> = upper.split([':', '/']).collect();
    matches!(
        parts.as_slice(),
        ["CRS84"] | ["OGC", "CRS84"] | ["OGC", _, "CRS84"]
    )
}

fn number(text: &str) -> Result<u32, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| "it is not an EPSG code".into())
}
