//! Bounded, strict reading of CBOR (RFC 8949) and infallible writing, on top of minicbor.
//!
//! Both definite and indefinite lengths are read. Refused: nesting beyond [`MAX_DEPTH`], more than
//! [`MAX_ENTRIES`] entries in one map, a key twice, bytes after the item.

use std::borrow::Cow;
use std::convert::Infallible;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// Deepest nesting read or skipped; an EU certificate needs 6.
pub(crate) const MAX_DEPTH: usize = 16;
/// Most entries in one map; a credential needs 10.
pub(crate) const MAX_ENTRIES: usize = 64;

/// The bytes are not what they should be; the caller says what that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Invalid;

impl From<minicbor::decode::Error> for Invalid {
    fn from(_: minicbor::decode::Error) -> Self {
        Self
    }
}

/// Result of a reading step.
pub(crate) type Read<T> = Result<T, Invalid>;

/// A map key: every map of the formats read here has integers or text as keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label<'b> {
    Int(i64),
    Text(&'b str),
}

/// Reads a map, calling `entry` with each key; `entry` must consume the value ([`skip`] for unknown ones).
pub(crate) fn map<'b>(
    d: &mut Decoder<'b>,
    mut entry: impl FnMut(Label<'b>, &mut Decoder<'b>) -> Read<()>,
) -> Read<()> {
    let declared = d.map()?;
    let mut seen: Vec<Label<'b>> = Vec::new();
    loop {
        match declared {
            Some(count) if seen.len() as u64 == count => return Ok(()),
            None if d.datatype()? == Type::Break => {
                d.set_position(d.position() + 1);
                return Ok(());
            }
            _ => {}
        }
        let label = label(d)?;
        if seen.len() == MAX_ENTRIES || seen.contains(&label) {
            return Err(Invalid);
        }
        seen.push(label);
        entry(label, d)?;
    }
}

fn label<'b>(d: &mut Decoder<'b>) -> Read<Label<'b>> {
    match d.datatype()? {
        Type::String => Ok(Label::Text(d.str()?)),
        kind if is_integer(kind) => Ok(Label::Int(d.i64()?)),
        _ => Err(Invalid),
    }
}

/// Reads an array, calling `item` with the index of each element; `item` must consume it. Answers the length.
pub(crate) fn array<'b>(
    d: &mut Decoder<'b>,
    mut item: impl FnMut(usize, &mut Decoder<'b>) -> Read<()>,
) -> Read<usize> {
    let declared = d.array()?;
    let mut index = 0;
    loop {
        match declared {
            Some(count) if index as u64 == count => return Ok(index),
            None if d.datatype()? == Type::Break => {
                d.set_position(d.position() + 1);
                return Ok(index);
            }
            _ => {}
        }
        item(index, d)?;
        index += 1;
    }
}

/// Skips one item of any kind, at most `depth` levels deep.
pub(crate) fn skip(d: &mut Decoder<'_>, depth: usize) -> Read<()> {
    if depth == 0 {
        return Err(Invalid);
    }
    match d.datatype()? {
        Type::Array | Type::ArrayIndef => array(d, |_, d| skip(d, depth - 1)).map(|_| ()),
        // Not `map`: keys of a skipped map may be of any kind.
        Type::Map | Type::MapIndef => skip_map(d, depth),
        Type::Tag => {
            d.tag()?;
            skip(d, depth - 1)
        }
        Type::Break => Err(Invalid),
        _ => Ok(d.skip()?),
    }
}

fn skip_map(d: &mut Decoder<'_>, depth: usize) -> Read<()> {
    let declared = d.map()?;
    let mut count = 0;
    loop {
        match declared {
            Some(all) if count == all => return Ok(()),
            None if d.datatype()? == Type::Break => {
                d.set_position(d.position() + 1);
                return Ok(());
            }
            _ => {}
        }
        skip(d, depth - 1)?;
        skip(d, depth - 1)?;
        count += 1;
    }
}

/// Reads a text string; pieces of an indefinite one are joined.
pub(crate) fn text<'b>(d: &mut Decoder<'b>) -> Read<Cow<'b, str>> {
    if d.datatype()? == Type::String {
        return Ok(Cow::Borrowed(d.str()?));
    }
    let start = d.position();
    let mut length = 0;
    for piece in d.str_iter()? {
        length += piece?.len();
    }
    d.set_position(start);
    // One allocation of the right size: growing by doubling would break the 64 KiB bound.
    let mut joined = String::with_capacity(length);
    for piece in d.str_iter()? {
        joined.push_str(piece?);
    }
    Ok(Cow::Owned(joined))
}

/// Reads a byte string; pieces of an indefinite one are joined.
pub(crate) fn bytes<'b>(d: &mut Decoder<'b>) -> Read<Cow<'b, [u8]>> {
    if d.datatype()? == Type::Bytes {
        return Ok(Cow::Borrowed(d.bytes()?));
    }
    let start = d.position();
    let mut length = 0;
    for piece in d.bytes_iter()? {
        length += piece?.len();
    }
    d.set_position(start);
    let mut joined = Vec::with_capacity(length);
    for piece in d.bytes_iter()? {
        joined.extend_from_slice(piece?);
    }
    Ok(Cow::Owned(joined))
}

/// Whether an item of this kind is an integer.
pub(crate) fn is_integer(kind: Type) -> bool {
    matches!(
        kind,
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64
    )
}

/// Nothing may follow the item just read.
pub(crate) fn at_end(d: &Decoder<'_>) -> Read<()> {
    if d.position() == d.input().len() { Ok(()) } else { Err(Invalid) }
}

/// The encoder's result while writing into memory.
pub(crate) type Written = Result<(), minicbor::encode::Error<Infallible>>;

/// Writes CBOR into a new vector with room for `capacity` bytes.
pub(crate) fn write(capacity: usize, body: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Written) -> Vec<u8> {
    let mut out = Vec::with_capacity(capacity);
    body(&mut Encoder::new(&mut out)).expect("writing CBOR into a vector cannot fail");
    out
}
