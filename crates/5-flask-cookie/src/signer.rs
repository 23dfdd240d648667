//! The keys: one secret signs, and it or an older one verifies.

use std::error;
use std::fmt::{self, Debug, Display, Formatter};

use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::base64url;

/// HMAC with SHA-1, Flask's default. The weakness of SHA-1 (collisions) doesn't reach an HMAC.
type HmacSha1 = Hmac<Sha1>;

/// What Flask mixes into a secret, so that one secret used for two purposes gives two unrelated keys.
pub const SALT: &str = "cookie-session";

/// The keys of a site: the one that signs, and older ones that still verify (`SECRET_KEY_FALLBACKS`).
#[derive(Clone)]
pub struct Keys {
    current: HmacSha1,
    fallbacks: Vec<HmacSha1>,
}

/// Which key made a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedBy {
    /// The key that signs today.
    Current,
    /// An older one, by its place in the order they were added, from 0. The next cookie is signed by the current one.
    Fallback(usize),
}

/// A secret of no bytes: everybody knows it. Flask has no session at all without a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptySecret;

impl Keys {
    /// Keys with this secret and no fallbacks. A text counts as its UTF-8 bytes, as in Flask.
    ///
    /// # Errors
    /// Where the secret is empty.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Keys, EmptySecret> {
        let current = keyed(secret.as_ref())?;
        Ok(Keys { current, fallbacks: Vec::new() })
    }

    /// The same keys, and an older secret that verifies but never signs.
    ///
    /// # Errors
    /// Where the secret is empty.
    pub fn with_fallback(mut self, secret: impl AsRef<[u8]>) -> Result<Keys, EmptySecret> {
        self.fallbacks.push(keyed(secret.as_ref())?);
        Ok(self)
    }

    /// The signature over `signed`, which is `payload.timestamp`.
    pub fn sign(&self, signed: &str) -> String {
        let mac = self.current.clone().chain_update(signed);
        base64url::encode(&mac.finalize().into_bytes())
    }

    /// Which key made this signature over `signed`, or `None`. The time it takes says nothing about the right answer.
    pub fn verify(&self, signed: &str, signature: &str) -> Option<SignedBy> {
        let signature = base64url::decode(signature)?;
        let made_by =
            |key: &HmacSha1| key.clone().chain_update(signed).verify_slice(&signature).is_ok();
        if made_by(&self.current) {
            return Some(SignedBy::Current);
        }
        self.fallbacks.iter().position(made_by).map(SignedBy::Fallback)
    }
}

/// Never the keys themselves: what is printed ends up in a log.
impl Debug for Keys {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("fallbacks", &self.fallbacks.len()).finish_non_exhaustive()
    }
}

/// The key that really signs: HMAC-SHA1 of the salt under the secret (itsdangerous calls this derivation `hmac`).
pub fn derive_key(secret: &[u8], salt: &str) -> [u8; 20] {
    hmac(secret).chain_update(salt).finalize().into_bytes().into()
}

/// An HMAC that waits for its message, under the key derived from this secret.
fn keyed(secret: &[u8]) -> Result<HmacSha1, EmptySecret> {
    if secret.is_empty() {
        return Err(EmptySecret);
    }
    Ok(hmac(&derive_key(secret, SALT)))
}

/// An HMAC under this key. Any length will do: HMAC hashes what is longer than a block and pads what is shorter.
fn hmac(key: &[u8]) -> HmacSha1 {
    match HmacSha1::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes a key of any length (RFC 2104 §3)"),
    }
}

impl Display for EmptySecret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "the secret key is empty: everybody could sign with it")
    }
}

impl error::Error for EmptySecret {}
