//! Inflating one zlib stream (RFC 1950, RFC 1951) within a bound.
//!
//! libgit2 1.9 reads a loose object that was cut short (a full disk, a broken
//! copy) in an endless loop, so loose objects are inflated here. Packs, which
//! hold nearly everything, are libgit2's.

/// Bits that the fast table of a code looks at.
const FAST: u32 = 9;
/// Longest code, in bits.
const LONGEST: usize = 15;
/// The order in which the lengths of the code lengths' code are sent.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

type Fault = &'static str;
const ENDS: Fault = "its compressed data ends too early";
const BAD_CODE: Fault = "its compressed data has an impossible code";

/// What came out.
pub(super) struct Inflated {
    pub(super) bytes: Vec<u8>,
    /// Whether the stream ended within the bound, with the right checksum.
    pub(super) whole: bool,
}

/// Inflates until the stream ends or `limit` bytes came out.
pub(super) fn inflate(stream: &[u8], limit: usize) -> Result<Inflated, Fault> {
    let [first, second, body @ ..] = stream else { return Err(ENDS) };
    let dictionary = second & 0x20 != 0;
    if first & 0x0f != 8 || u16::from_be_bytes([*first, *second]) % 31 != 0 || dictionary {
        return Err("it is not compressed as git does it");
    }
    let mut bits = Bits { data: body, at: 0, held: 0, count: 0 };
    let mut out = Output { bytes: Vec::new(), limit };
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out)?,
            1 => {
                let (lengths, distances) = fixed_codes()?;
                coded(&mut bits, &mut out, &lengths, &distances)?;
            }
            2 => {
                let (lengths, distances) = sent_codes(&mut bits)?;
                coded(&mut bits, &mut out, &lengths, &distances)?;
            }
            _ => return Err("its compressed data has an unknown block"),
        }
        if out.is_full() {
            return Ok(Inflated { bytes: out.bytes, whole: false });
        }
        if last {
            break;
        }
    }
    bits.align();
    let sum = [bits.take(8)?, bits.take(8)?, bits.take(8)?, bits.take(8)?];
    let sum = sum.iter().fold(0, |sum, byte| sum << 8 | byte);
    if sum != adler32(&out.bytes) {
        return Err("its checksum does not agree");
    }
    Ok(Inflated { bytes: out.bytes, whole: true })
}

/// The checksum of RFC 1950.
pub(super) fn adler32(bytes: &[u8]) -> u32 {
    let (mut one, mut two) = (1_u32, 0_u32);
    // 5,552 bytes are the most that cannot overflow 32 bits between reductions.
    for chunk in bytes.chunks(5552) {
        for byte in chunk {
            one += u32::from(*byte);
            two += one;
        }
        one %= 65_521;
        two %= 65_521;
    }
    two << 16 | one
}

/// Collected bytes; one more than the limit marks it as met.
struct Output {
    bytes: Vec<u8>,
    limit: usize,
}

impl Output {
    fn is_full(&self) -> bool {
        self.bytes.len() > self.limit
    }

    fn copy(&mut self, distance: usize, length: usize) -> Result<(), Fault> {
        let from = self.bytes.len().checked_sub(distance).ok_or("it refers to data before its beginning")?;
        for at in from..from + length {
            let byte = self.bytes[at];
            self.bytes.push(byte);
        }
        Ok(())
    }
}

/// Bits, the lowest first.
struct Bits<'s> {
    data: &'s [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl<'s> Bits<'s> {
    fn fill(&mut self) {
        while self.count <= 48 {
            let Some(byte) = self.data.get(self.at) else { return };
            self.held |= u64::from(*byte) << self.count;
            self.count += 8;
            self.at += 1;
        }
    }

    fn skip(&mut self, bits: u32) -> Result<(), Fault> {
        self.count = self.count.checked_sub(bits).ok_or(ENDS)?;
        self.held >>= bits;
        Ok(())
    }

    /// At most 16 bits.
    fn take(&mut self, bits: u32) -> Result<u32, Fault> {
        self.fill();
        let value = u32::try_from(self.held & ((1 << bits) - 1)).map_err(|_| BAD_CODE)?;
        self.skip(bits)?;
        Ok(value)
    }

    /// A base, and what its extra bits add.
    fn extended(&mut self, (base, extra): (usize, u32)) -> Result<usize, Fault> {
        Ok(base + self.take(extra)? as usize)
    }

    /// The bytes that were not taken yet; whole bytes that are held go back.
    fn unread(&mut self) -> &'s [u8] {
        let rest = self.data.get(self.at - (self.count / 8) as usize..).unwrap_or_default();
        (self.at, self.held, self.count) = (0, 0, 0);
        rest
    }

    fn align(&mut self) {
        let odd = self.count % 8;
        self.held >>= odd;
        self.count -= odd;
    }
}

/// One canonical Huffman code.
struct Code {
    /// By the next nine bits: symbol and length, length 0 for longer codes.
    fast: Vec<(u16, u8)>,
    /// How many codes have each length.
    counts: [u16; LONGEST + 1],
    /// Symbols in the order of their codes.
    symbols: Vec<u16>,
}

impl Code {
    fn new(lengths: &[u8]) -> Result<Self, Fault> {
        let mut counts = [0_u16; LONGEST + 1];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        counts[0] = 0;
        let mut left = 1_i32;
        for count in &counts[1..] {
            left = (left << 1) - i32::from(*count);
            if left < 0 {
                return Err(BAD_CODE);
            }
        }
        // Only a code with at most one symbol may leave bit patterns unused.
        if left > 0 && counts[2..].iter().any(|count| *count > 0) {
            return Err(BAD_CODE);
        }
        Ok(Self::assign(lengths, counts))
    }

    fn assign(lengths: &[u8], counts: [u16; LONGEST + 1]) -> Self {
        let (mut next_code, mut next_index) = ([0_u16; LONGEST + 1], [0_usize; LONGEST + 1]);
        for length in 1..LONGEST {
            next_code[length + 1] = (next_code[length] + counts[length]) << 1;
            next_index[length + 1] = next_index[length] + usize::from(counts[length]);
        }
        let mut symbols = vec![0; lengths.len()];
        let mut fast = vec![(0, 0); 1 << FAST];
        for (symbol, &length) in (0_u16..).zip(lengths) {
            let at = usize::from(length);
            if length == 0 {
                continue;
            }
            symbols[next_index[at]] = symbol;
            next_index[at] += 1;
            let code = next_code[at];
            next_code[at] = code.wrapping_add(1);
            if u32::from(length) <= FAST {
                let low_first = usize::from(code.reverse_bits() >> (16 - length));
                for slot in fast.iter_mut().skip(low_first).step_by(1 << length) {
                    *slot = (symbol, length);
                }
            }
        }
        Self { fast, counts, symbols }
    }

    fn decode(&self, bits: &mut Bits<'_>) -> Result<u16, Fault> {
        bits.fill();
        let index = usize::try_from(bits.held & ((1 << FAST) - 1)).map_err(|_| BAD_CODE)?;
        let (symbol, length) = self.fast[index];
        if length > 0 {
            bits.skip(u32::from(length))?;
            return Ok(symbol);
        }
        self.decode_slowly(bits)
    }

    /// Bit by bit: where the code of this length begins, and how far into it.
    fn decode_slowly(&self, bits: &mut Bits<'_>) -> Result<u16, Fault> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for count in &self.counts[1..] {
            code |= bits.take(1)?;
            let count = u32::from(*count);
            if code < first + count {
                return self.symbols.get((index + code - first) as usize).copied().ok_or(BAD_CODE);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(BAD_CODE)
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Output) -> Result<(), Fault> {
    bits.align();
    let length = bits.take(16)?;
    if bits.take(16)? != !length & 0xffff {
        return Err("the length of a block does not agree");
    }
    let length = length as usize;
    let (begin, rest) = bits.unread().split_at_checked(length).ok_or(ENDS)?;
    bits.data = rest;
    // One byte beyond the limit marks it as met.
    let room = (out.limit + 1).saturating_sub(out.bytes.len());
    out.bytes.extend_from_slice(&begin[..length.min(room)]);
    Ok(())
}

fn coded(bits: &mut Bits<'_>, out: &mut Output, lengths: &Code, distances: &Code) -> Result<(), Fault> {
    while !out.is_full() {
        match lengths.decode(bits)? {
            literal @ 0..256 => out.bytes.push(u8::try_from(literal).map_err(|_| BAD_CODE)?),
            256 => return Ok(()),
            symbol => {
                let length = bits.extended(length_code(symbol - 257)?)?;
                let symbol = distances.decode(bits)?;
                let distance = bits.extended(distance_code(symbol)?)?;
                out.copy(distance, length)?;
            }
        }
    }
    Ok(())
}

/// Base and extra bits of a length code (RFC 1951, section 3.2.5, as a rule:
/// four codes share each number of extra bits).
fn length_code(code: u16) -> Result<(usize, u32), Fault> {
    match code {
        code @ 0..8 => Ok((usize::from(3 + code), 0)),
        code @ 8..28 => {
            let extra = code / 4 - 1;
            Ok((usize::from((4 + code % 4) << extra) + 3, u32::from(extra)))
        }
        28 => Ok((258, 0)),
        _ => Err(BAD_CODE),
    }
}

/// Base and extra bits of a distance code: two share each number of extra bits.
fn distance_code(code: u16) -> Result<(usize, u32), Fault> {
    match code {
        code @ 0..4 => Ok((usize::from(1 + code), 0)),
        code @ 4..30 => {
            let extra = code / 2 - 1;
            Ok((usize::from((2 + code % 2) << extra) + 1, u32::from(extra)))
        }
        _ => Err(BAD_CODE),
    }
}

fn fixed_codes() -> Result<(Code, Code), Fault> {
    let mut lengths = [8_u8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    // Thirty distances are defined, of thirty-two: the last two complete the code.
    Ok((Code::new(&lengths)?, Code::new(&[5; 32])?))
}

fn sent_codes(bits: &mut Bits<'_>) -> Result<(Code, Code), Fault> {
    let literals = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let sent = bits.take(4)? as usize + 4;
    if literals > 286 || distances > 30 {
        return Err(BAD_CODE);
    }
    let mut of_lengths = [0_u8; 19];
    for at in ORDER.iter().take(sent) {
        of_lengths[*at] = u8::try_from(bits.take(3)?).map_err(|_| BAD_CODE)?;
    }
    let of_lengths = Code::new(&of_lengths)?;
    let mut lengths: Vec<u8> = Vec::with_capacity(literals + distances);
    while lengths.len() < literals + distances {
        let (value, times) = match of_lengths.decode(bits)? {
            length @ 0..16 => (u8::try_from(length).map_err(|_| BAD_CODE)?, 1),
            16 => (*lengths.last().ok_or(BAD_CODE)?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            _ => (0, 11 + bits.take(7)?),
        };
        lengths.resize(lengths.len() + times as usize, value);
    }
    if lengths.len() > literals + distances || lengths[256] == 0 {
        return Err(BAD_CODE);
    }
    let (literals, distances) = lengths.split_at(literals);
    Ok((Code::new(literals)?, Code::new(distances)?))
}

#[cfg(test)]
mod tests {
    use super::{adler32, inflate};

    #[test]
    fn the_checksum_of_the_rfc() {
        assert_eq!(adler32(b""), 1);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
        assert_eq!(adler32(&vec![0xff; 70_000]), 0x2a28_6e81, "no overflow on the way");
    }

    #[test]
    fn streams_that_are_cut_or_damaged_end_in_an_error() {
        // "a" forty times: one literal, one copy that overlaps itself, fixed code.
        let whole = [0x78, 0x9c, 0x4b, 0x4c, 0x24, 0x0e, 0x00, 0x00, 0x36, 0xeb, 0x0f, 0x29];
        let read = inflate(&whole, 100).expect("whole");
        assert_eq!((read.bytes.as_slice(), read.whole), ([b'a'; 40].as_slice(), true));
        let read = inflate(&whole, 10).expect("as far as asked");
        assert!(!read.whole && read.bytes.len() > 10);
        for length in 0..whole.len() {
            assert!(inflate(&whole[..length], 100).is_err(), "cut to {length}");
        }
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole;
            flipped[bit / 8] ^= 1 << (bit % 8);
            let same = inflate(&flipped, 100).is_ok_and(|read| read.whole && read.bytes != [b'a'; 40]);
            assert!(!same, "bit {bit}");
        }
    }
}
