//! Why a text is not even a code: the sentence behind `malformed` and `unsupported`, for the command line and
//! for problem documents.

use crate::base45_text::{self, Format};
use crate::cose::{Framing, Sign1};
use crate::{CredentialError, dcc};

/// What is wrong with a text before any signature is looked at; `None` if it is a well-formed COSE_Sign1 (which
/// says nothing about who signed it, or whether its claims are complete).
#[must_use]
pub fn text_problem(text: &str) -> Option<CredentialError> {
    let read = || match base45_text::recognise(text)? {
        Format::Credential(encoded) => {
            Sign1::parse(&base45_text::decode(encoded)?, Framing::Tagged).map(|_| ())
        }
        Format::Dcc(encoded) => {
            let bytes = dcc::unpack(base45_text::decode(encoded)?)?;
            Sign1::parse(&bytes, Framing::Lenient).map(|_| ())
        }
    };
    read().err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_broken_text_has_its_own_sentence() {
        let sentence = |text: &str| text_problem(text).map(|problem| problem.to_string()).unwrap_or_default();
        assert!(sentence("https://xian.example/v/1").contains("neither \"YMT1:\" nor \"HC1:\""));
        assert!(sentence("HC2:AB").contains("does not know"));
        assert!(sentence("YMT1:").contains("nothing follows the prefix"));
        assert!(sentence("YMT1:abc").contains("not in its alphabet"));
        assert!(sentence("YMT1:GGW").contains("more than two bytes"));
        assert!(sentence("YMT1:ZZ").contains("more than one byte"));
        assert!(sentence("YMT1:BB8A").contains("cut off"));
        assert!(sentence("YMT1:BB8").contains("not a valid COSE_Sign1"));
        assert!(sentence("HC1:BB8").contains("not a valid COSE_Sign1"));
        assert!(sentence(&"Y".repeat(9000)).contains("8,192"));
        assert!(sentence(&format!("HC1:{}", base45::encode([0x78, 0x9c, 1]))).contains("16 KiB"));
    }
}
