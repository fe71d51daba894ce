//! Little-endian numbers at an offset in a slice.

/// `N` bytes from `at` on. Panics if the slice is too short.
#[inline]
pub(crate) fn bytes<const N: usize>(slice: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&slice[at..at + N]);
    bytes
}

pub(crate) fn u16_at(slice: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes(slice, at))
}

pub(crate) fn u32_at(slice: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes(slice, at))
}

pub(crate) fn u64_at(slice: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes(slice, at))
}

pub(crate) fn f64_at(slice: &[u8], at: usize) -> f64 {
    f64::from_le_bytes(bytes(slice, at))
}

/// The text before the first zero.
pub(crate) fn text(field: &[u8]) -> std::borrow::Cow<'_, str> {
    let text = field.split(|byte| *byte == 0).next();
    String::from_utf8_lossy(text.unwrap_or_default())
}

/// Writes as many whole characters of a text as fit to the start of a field.
pub(crate) fn put_text(field: &mut [u8], text: &str) {
    let end = (0..=field.len().min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    let text = &text.as_bytes()[..end.unwrap_or(0)];
    field[..text.len()].copy_from_slice(text);
}
