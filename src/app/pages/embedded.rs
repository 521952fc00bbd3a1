//! The files of `web/dist`.

use axum::body::Bytes;
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

/// What `npm run build` made. Debug builds read it from the disk at each request.
#[derive(Embed)]
#[folder = "web/dist"]
struct Dist;

/// A file as it is sent.
pub(super) struct Page {
    /// The bytes, compressed where `gzip` says so.
    pub body: Bytes,
    /// Its type, after its name.
    pub media_type: &'static str,
    /// Changes when the bytes change.
    pub etag: String,
    /// Whether the bytes are compressed.
    pub gzip: bool,
}

/// The file of this path below `web/dist`. The build leaves a compressed copy beside each text.
pub(super) fn page(path: &str, gzip_accepted: bool) -> Option<Page> {
    let compressed = gzip_accepted.then(|| Dist::get(&format!("{path}.gz"))).flatten();
    let gzip = compressed.is_some();
    let file = compressed.or_else(|| Dist::get(path))?;
    Some(Page { etag: etag(&file), media_type: media_type(path), gzip, body: bytes(file.data) })
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn etag(file: &EmbeddedFile) -> String {
    format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..12]))
}

/// The types that the build produces; anything else is a download.
fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
