//! Numbers as people read them.

/// 12345678 as 12,345,678.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: "1 point", "1,065 points".
pub(crate) fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}

/// A number with at most `digits` significant digits, without zeros at the end.
pub(crate) fn rounded(number: f64, digits: i32) -> String {
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let before = number.abs().log10().floor() as i32 + 1;
    let decimals = usize::try_from(digits - before).unwrap_or(0);
    let text = format!("{number:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped, rounded};

    #[test]
    fn numbers_for_people() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
        assert_eq!(counted(1, "point"), "1 point");
        assert_eq!(counted(1065, "point"), "1,065 points");
        assert_eq!(rounded(0.343_75, 6), "0.34375");
        assert_eq!(rounded(36.390_625, 6), "36.3906");
        assert_eq!(rounded(1_234_567.8, 6), "1234568");
        assert_eq!(rounded(0.000_123_456_78, 6), "0.000123457");
        assert_eq!(rounded(-4.984_999_999_999_999, 12), "-4.985");
        assert_eq!(rounded(2.0, 6), "2");
    }
}
