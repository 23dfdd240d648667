//! The payload: JSON, compressed where that pays (a leading dot says so), in base64.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::{Error, base64url};

/// How many bytes a payload may unpack to. A cookie of 4 KB can hold a zlib stream that unpacks to 4 MB;
/// an honest session is far below this.
pub const MAX_UNPACKED: usize = 1024 * 1024;

/// How many bytes compression has to save. Flask asks for two. Both are valid zlib, but this one finds streams up to
/// five bytes shorter than Python's: with two, some short cookies would be compressed here and plain there.
const MIN_SAVING: usize = 8;

/// Packs JSON. It stays as it is unless compression saves [`MIN_SAVING`] bytes: plain wherever Flask leaves it plain,
/// and where it is compressed, Flask reads it.
pub fn pack(json: &str) -> String {
    match compress(json.as_bytes()) {
        Some(packed) if packed.len() + MIN_SAVING <= json.len() => {
            format!(".{}", base64url::encode(&packed))
        }
        _ => base64url::encode(json.as_bytes()),
    }
}

/// The JSON in a payload.
pub fn unpack(payload: &str) -> Result<String, Error> {
    let bytes = match payload.strip_prefix('.') {
        Some(packed) => decompress(&base64url::decode(packed).ok_or(Error::BadBase64)?)?,
        None => base64url::decode(payload).ok_or(Error::BadBase64)?,
    };
    if bytes.len() > MAX_UNPACKED {
        return Err(Error::TooLarge { limit: MAX_UNPACKED });
    }
    String::from_utf8(bytes).map_err(|error| Error::NotJson {
        at: error.utf8_error().valid_up_to(),
        expected: "text in UTF-8",
    })
}

/// A zlib stream of these bytes.
fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// Unpacks a zlib stream, and stops one byte past the bound: a bomb costs no more memory than that.
fn decompress(packed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut bounded = ZlibDecoder::new(packed).take(MAX_UNPACKED as u64 + 1);
    bounded.read_to_end(&mut bytes).map_err(|_| Error::BadZlib)?;
    Ok(bytes)
}
