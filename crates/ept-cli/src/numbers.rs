//! Numbers formatted for people.

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

/// A count with its noun: "1 point", "1,065 points".
pub(crate) fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}

/// A number with at most `digits` significant digits, without trailing zeros.
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

/// A number in at most `width` characters, with as many digits as fit.
pub(crate) fn fitted(number: f64, width: usize) -> String {
    let rounded = (1..=15).rev().map(|digits| rounded(number, digits));
    let scientific = (0..=9).rev().map(|digits| {
        let text = format!("{number:.digits$e}");
        match text.split_once('e') {
            Some((mantissa, exponent)) if mantissa.contains('.') => {
                let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
                format!("{mantissa}e{exponent}")
            }
            _ => text,
        }
    });
    let mut texts = rounded.chain(scientific);
    let found = texts.find(|text| text.len() <= width);
    found.unwrap_or_else(|| format!("{number:e}"))
}

#[cfg(test)]
mod tests {
    use super::{counted, fitted, grouped, rounded};

    #[test]
    fn numbers_fit_a_width() {
        assert_eq!(fitted(300_000_000.047_138_87, 13), "300000000.047");
        assert_eq!(fitted(-0.123_456_789_012_345, 13), "-0.123456789");
        assert_eq!(fitted(4_650_002.25, 10), "4650002.25");
        assert_eq!(fitted(1.844_674_407_370_955_2e19, 13), "1.84467441e19");
        assert_eq!(fitted(-1.0e-300, 10), "-1e-300");
        assert_eq!(fitted(0.0, 10), "0");
        assert_eq!(fitted(f64::INFINITY, 10), "inf");
    }

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
