//! Whether the music can be fetched. A missing file is not heard as silence but as a list that burns down at a second a
//! piece, so it is looked for at start and by `doctor`.

use std::time::Duration;

/// How long a look may take.
const WITHIN: Duration = Duration::from_secs(5);

/// What is wrong with the music, in a sentence; nothing when it plays.
pub async fn check(url: &str) -> Result<(), String> {
    let wrong = |what: String| format!("provider.park.music_url: {url}: {what}");
    let client = reqwest::Client::builder()
        .timeout(WITHIN)
        .user_agent("vaxline")
        .build()
        .map_err(|_| wrong("the client cannot be set up".to_owned()))?;
    let response = client.get(url).send().await.map_err(|error| {
        wrong(if error.is_timeout() { "no answer in time".to_owned() } else { "cannot be reached".to_owned() })
    })?;
    if !response.status().is_success() {
        return Err(wrong(format!("answers {}", response.status().as_u16())));
    }
    let kind =
        response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    if !(kind.starts_with("audio/") || kind.starts_with("application/octet-stream")) {
        return Err(wrong(format!("is {kind:?} and not audio")));
    }
    if response.content_length() == Some(0) {
        return Err(wrong("is empty".to_owned()));
    }
    Ok(())
}
