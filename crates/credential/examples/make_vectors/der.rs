//! Just enough DER to make signer certificates (RFC 5280) for the test keys.

use yimatong_credential::Signer;

use crate::keys::TestKey;

const SEQUENCE: u8 = 0x30;

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut out = vec![tag];
    match value.len() {
        length @ 0..128 => out.push(length as u8),
        length @ 128..256 => out.extend([0x81, length as u8]),
        length => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(value);
    out
}

fn name(common: &str) -> Vec<u8> {
    let attribute = tlv(SEQUENCE, &[&[0x06, 3, 0x55, 0x04, 0x03], &tlv(0x0c, &[common.as_bytes()])]);
    tlv(SEQUENCE, &[&tlv(0x31, &[&attribute])])
}

/// A self-signed certificate of `key`, 2021 to 2031, limited to the kinds of proof in `usages` (1 test,
/// 2 vaccination, 3 recovery; none: no limit).
pub(crate) fn certificate(common: &str, key: &TestKey, usages: &[u8]) -> Vec<u8> {
    // ecdsa-with-SHA256; id-ecPublicKey with prime256v1
    let signed_by = tlv(SEQUENCE, &[&[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]]);
    let key_type = tlv(
        SEQUENCE,
        &[
            &[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
            &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        ],
    );
    let spki = tlv(SEQUENCE, &[&key_type, &tlv(0x03, &[&[0], key.public_key().point()])]);
    let validity = tlv(SEQUENCE, &[&tlv(0x17, &[b"210101000000Z"]), &tlv(0x17, &[b"310101000000Z"])]);
    let mut fields = vec![
        tlv(0xa0, &[&[0x02, 1, 2]]),
        vec![0x02, 1, 1],
        signed_by.clone(),
        name(common),
        validity,
        name(common),
        spki,
    ];
    if !usages.is_empty() {
        let oid = |last: &u8| tlv(0x06, &[&[0x2b, 6, 1, 4, 1, 0x8e, 0x37, 0x8f, 0x65, 1, *last]]);
        let purposes = tlv(SEQUENCE, &[&usages.iter().flat_map(oid).collect::<Vec<_>>()]);
        let extension = tlv(SEQUENCE, &[&[0x06, 3, 0x55, 0x1d, 0x25], &tlv(0x04, &[&purposes])]);
        fields.push(tlv(0xa3, &[&tlv(SEQUENCE, &[&extension])]));
    }
    let body = tlv(SEQUENCE, &[&fields.concat()]);
    let signature = tlv(0x03, &[&[0], &key.sign_asn1(&body)]);
    tlv(SEQUENCE, &[&body, &signed_by, &signature])
}
