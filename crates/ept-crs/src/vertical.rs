//! The vertical system of a coordinate system.

use ept_format::Srs;

use crate::wkt::Node;

/// What tells the vertical system of points from others: its code, such as `EPSG:5703`, or its name. `None` if heights are
/// in no known system.
#[must_use]
pub fn vertical_system(srs: &Srs) -> Option<String> {
    if let Some(code) = &srs.vertical {
        let authority = srs.authority.as_deref().unwrap_or("EPSG");
        return Some(format!("{authority}:{code}"));
    }
    let tree = Node::parse(srs.well_known_text()?)?;
    let is_vertical = |node: &Node| matches!(&*node.keyword, "VERT_CS" | "VERTCRS" | "VERTICALCRS");
    let vertical = tree.first_where(&is_vertical)?;
    let id = vertical.find(&["AUTHORITY", "ID"]);
    let code = id.and_then(|id| Some(format!("{}:{}", id.text(0)?, id.text(1)?)));
    code.or_else(|| vertical.text(0).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_wkt(wkt: &str) -> Option<String> {
        vertical_system(&Srs {
            wkt: Some(wkt.to_owned()),
            ..Srs::default()
        })
    }

    #[test]
    fn code_or_name_of_compound_systems() {
        let heights = r#"VERT_CS["NAVD88 height",VERT_DATUM["NAVD88",2005],UNIT["metre",1]"#;
        let wkt = |end: &str| format!(r#"COMPD_CS["both",PROJCS["plane"],{heights}{end}]]"#);
        let code = r#",AUTHORITY["EPSG","5703"]"#;
        assert_eq!(of_wkt(&wkt(code)).as_deref(), Some("EPSG:5703"));
        assert_eq!(of_wkt(&wkt("")).as_deref(), Some("NAVD88 height"));
        assert_eq!(of_wkt(r#"PROJCS["plane"]"#), None);
        let codes = Srs {
            horizontal: Some("26915".into()),
            vertical: Some("5703".into()),
            ..Srs::default()
        };
        assert_eq!(vertical_system(&codes).as_deref(), Some("EPSG:5703"));
    }
}
