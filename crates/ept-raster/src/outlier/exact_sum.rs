//! Sums without rounding.

/// Bits of a limb.
const BITS: u32 = 32;

/// Limbs for all bits of finite numbers, from 2^-1074 to 2^1023, and for carries.
const LIMBS: usize = 68;

/// The exact sum of numbers, as a fixed-point number with all bits that they can have (a superaccumulator, after Kulisch).
/// So it doesn't depend on the order of the numbers.
#[derive(Debug, Clone)]
pub(super) struct ExactSum {
    /// From the lowest, in units of 2^-1074. Each has room for many carries.
    limbs: Box<[i64; LIMBS]>,
    /// Numbers that can be added until carries must be passed on.
    room: u32,
}

impl ExactSum {
    const ROOM: u32 = 1 << 29;

    pub(super) fn new() -> ExactSum {
        ExactSum {
            limbs: Box::new([0; LIMBS]),
            room: ExactSum::ROOM,
        }
    }

    /// Adds a finite number.
    pub(super) fn add(&mut self, number: f64) {
        let bits = number.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as u32;
        let fraction = bits & ((1 << 52) - 1);
        let mantissa = if exponent == 0 {
            fraction
        } else {
            fraction | 1 << 52
        };
        let position = exponent.max(1) - 1;
        let mut rest = u128::from(mantissa) << (position % BITS);
        let first = (position / BITS) as usize;
        for limb in &mut self.limbs[first..first + 3] {
            let part = (rest & 0xffff_ffff) as i64;
            *limb += if number < 0.0 { -part } else { part };
            rest >>= BITS;
        }
        self.room -= 1;
        if self.room == 0 {
            self.carry();
        }
    }

    /// Adds the numbers of another sum.
    pub(super) fn merge(&mut self, other: &ExactSum) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        for (limb, more) in self.limbs.iter_mut().zip(other.limbs.iter()) {
            *limb += more;
        }
        self.carry();
    }

    /// The sum, which must not be negative, as the sum of two numbers, with about 100 bits.
    pub(super) fn value(&self) -> (f64, f64) {
        let mut sum = self.clone();
        sum.carry();
        let (mut high, mut low) = (0.0_f64, 0.0);
        for (index, limb) in sum.limbs.iter().enumerate().rev() {
            let term = *limb as f64 * power(index as u32 * BITS);
            let next = high + term;
            // The greater one is first (Dekker's Fast2Sum).
            low += term - (next - high);
            high = next;
        }
        (high, low)
    }

    /// Leaves each limb but the last between 0 and 2^32.
    fn carry(&mut self) {
        let mut carried = 0;
        for limb in &mut self.limbs[..LIMBS - 1] {
            let sum = *limb + carried;
            carried = sum >> BITS;
            *limb = sum & 0xffff_ffff;
        }
        self.limbs[LIMBS - 1] += carried;
        self.room = ExactSum::ROOM;
    }
}

/// 2^(position - 1074).
fn power(position: u32) -> f64 {
    let is_normal = position >= 52;
    f64::from_bits(if is_normal {
        u64::from(position - 51).min(0x7fe) << 52
    } else {
        1 << position
    })
}
