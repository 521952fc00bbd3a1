//! Routes of the pages. They need no session: a page without one finds out at `/me` and goes to the log-in.

use super::embedded;
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// No inline script or style, no other host, no frame around us. KERN's icons are `data:` images.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
                                       img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
                                       form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Names of assets carry the hash of their bytes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Pages name the assets of one build: ask each time, a `304` is cheap.
const ASK_AGAIN: &str = "no-cache";

/// `/`, `/console`, `/supervision` and `/assets/…`.
pub fn routes() -> Router {
    Router::new()
        .route("/", get(async |headers: HeaderMap| answer("index.html", ASK_AGAIN, &headers)))
        .route("/console", get(async |headers: HeaderMap| answer("console.html", ASK_AGAIN, &headers)))
        .route("/supervision", get(async |headers: HeaderMap| answer("supervision.html", ASK_AGAIN, &headers)))
        .route("/favicon.svg", get(async |headers: HeaderMap| answer("favicon.svg", ASK_AGAIN, &headers)))
        .route("/licences.txt", get(async |headers: HeaderMap| answer("licences.txt", ASK_AGAIN, &headers)))
        .route("/assets/{file}", get(asset))
}

async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    // A name that arrives with an encoded slash would lead out of the folder.
    if file.contains(['/', '\\']) {
        return nothing();
    }
    answer(&format!("assets/{file}"), IMMUTABLE, &headers)
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, guard(HeaderMap::new())).into_response()
}

fn answer(path: &str, cache: &'static str, asked: &HeaderMap) -> Response {
    let Some(page) = embedded::page(path, accepts_gzip(asked)) else { return nothing() };
    let mut headers = guard(HeaderMap::new());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&page.etag) {
        headers.insert(header::ETAG, etag);
    }
    if holds(asked, &page.etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.media_type));
    if page.gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    (headers, page.body).into_response()
}

/// The headers that every answer carries, refusals too.
fn guard(mut headers: HeaderMap) -> HeaderMap {
    const GUARDS: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in GUARDS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

/// Whether the client takes gzip: named, and not with a weight of zero.
fn accepts_gzip(asked: &HeaderMap) -> bool {
    listed(asked, &header::ACCEPT_ENCODING).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// Whether the client holds these bytes already.
fn holds(asked: &HeaderMap, etag: &str) -> bool {
    listed(asked, &header::IF_NONE_MATCH).any(|held| held == "*" || held.strip_prefix("W/").unwrap_or(held) == etag)
}

/// The items of a header that is a list, over all its lines.
fn listed<'a>(asked: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    asked
        .get_all(name)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    async fn get(path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn every_page_is_guarded_and_asked_for_again() {
        for path in ["/", "/console", "/supervision"] {
            let answer = get(path, &[]).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let headers = answer.headers();
            assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
            assert_eq!(headers[header::CACHE_CONTROL], ASK_AGAIN);
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], CONTENT_SECURITY_POLICY);
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        }
    }

    #[tokio::test]
    async fn a_page_that_is_held_already_is_not_sent_again() {
        let etag = get("/", &[]).await.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = get("/", &[("if-none-match", &format!("\"other\", W/{etag}"))]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let other = get("/", &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn what_is_not_there_is_refused_with_the_same_guards() {
        for path in ["/assets/nothing.js", "/assets/..%2findex.html", "/assets/%2e%2e%2fCargo.toml"] {
            let answer = get(path, &[]).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.headers()[header::CONTENT_SECURITY_POLICY], CONTENT_SECURITY_POLICY);
        }
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        let asked =
            |value: &'static str| HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
        assert!(accepts_gzip(&asked("gzip, deflate, br")));
        assert!(accepts_gzip(&asked("br;q=1.0, gzip;q=0.8")));
        assert!(!accepts_gzip(&asked("br, gzip;q=0")));
        assert!(!accepts_gzip(&asked("identity")));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
