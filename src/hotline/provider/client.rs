//! jambonz' REST interface, as far as we use it.
//!
//! Each request has a deadline and is made once. What becomes of a request whose answer was lost is decided by whoever
//! promised its effect, who looks at what is true before asking again.

use super::limiter::Limiter;
use super::settings::{Secret, Settings, Voice};
use super::{Leg, Origination, Provider, ProviderError};
use crate::foundation::fault::Fault;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// How long a connection may take. The provider stands in the same house.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// How long an answer may take, all in all.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// How long to wait when the provider says "too many" without saying how long.
const PAUSE: Duration = Duration::from_secs(5);

/// The longest pause that is believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// The largest answer that is read: a list of ten thousand legs is smaller.
const LARGEST: usize = 16 * 1024 * 1024;

/// A client of one account.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    api_key: Secret,
    caller_id: String,
    voice: Voice,
    limiter: Limiter,
}

impl Client {
    /// A client as configured.
    ///
    /// # Errors
    /// When the machine's TLS cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, Fault> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("vaxline")
            .build()
            .map_err(|error| Fault::new("set up the provider's client", error))?;
        Ok(Self {
            http,
            base: format!("{}/Accounts/{}", settings.api_url, settings.account_sid),
            api_key: settings.api_key.clone(),
            caller_id: settings.caller_id.clone(),
            voice: settings.voices.de.clone(),
            limiter: Limiter::per_minute(settings.requests_per_minute, Instant::now()),
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(self.api_key.expose())
    }

    /// Makes a request when our own limit allows it, and reads what its status means.
    async fn send(&self, request: RequestBuilder) -> Result<Response, ProviderError> {
        self.limiter.take(Instant::now()).map_err(ProviderError::Busy)?;
        // The error's own text would quote the URL; nothing in it is personal, but its kind says enough.
        let response = request.send().await.map_err(|error| {
            ProviderError::Unknown(Fault::plain(if error.is_timeout() {
                "the provider did not answer in time"
            } else if error.is_connect() {
                "the provider cannot be reached"
            } else {
                "the connection to the provider broke"
            }))
        })?;
        let status = response.status();
        let now = Instant::now();
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let pause = pause_of(response.headers()).unwrap_or(PAUSE);
                self.limiter.close_for(pause, now);
                Err(ProviderError::Busy(pause))
            }
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::UNPROCESSABLE_ENTITY => Err(ProviderError::Gone),
            _ if status.is_success() => {
                // The last request of the window: the next one would be refused.
                if number(response.headers(), "ratelimit-remaining") == Some(0)
                    && let Some(pause) = pause_of(response.headers())
                {
                    self.limiter.close_for(pause, now);
                }
                Ok(response)
            }
            _ if status.is_server_error() => {
                Err(ProviderError::Unknown(Fault::plain(format!("the provider answered {}", status.as_u16()))))
            }
            _ => Err(ProviderError::Refused(status.as_u16())),
        }
    }

    async fn update(&self, sid: &str, change: &Value) -> Result<(), ProviderError> {
        self.send(self.request(Method::PUT, &format!("/Calls/{sid}")).json(change)).await.map(drop)
    }
}

/// How long the provider wants us to wait.
fn pause_of(headers: &HeaderMap) -> Option<Duration> {
    let seconds = number(headers, "retry-after").or_else(|| number(headers, "ratelimit-reset"))?;
    Some(Duration::from_secs(seconds.max(1)).min(LONGEST_PAUSE))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Reads an answer in pieces, up to the limit.
async fn read<T: serde::de::DeserializeOwned>(mut response: Response) -> Result<T, ProviderError> {
    let broken = |what: &'static str| ProviderError::Unknown(Fault::plain(what));
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|_| broken("the provider's answer broke off"))? {
        body.extend_from_slice(&piece);
        if body.len() > LARGEST {
            return Err(broken("the provider's answer is too large"));
        }
    }
    serde_json::from_slice(&body).map_err(|_| broken("the provider's answer is not what it should be"))
}

#[derive(Deserialize)]
struct Created {
    sid: String,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(alias = "sid")]
    call_sid: String,
    parent_call_sid: Option<String>,
    direction: Option<String>,
    call_status: Option<String>,
}

impl Listed {
    /// The leg, unless it is over: a list also holds what has just ended.
    fn open(self) -> Option<Leg> {
        if matches!(self.call_status.as_deref(), Some("completed" | "failed" | "busy" | "no-answer")) {
            return None;
        }
        Some(Leg {
            inbound: self.direction.as_deref() == Some("inbound") && self.parent_call_sid.is_none(),
            answered: self.call_status.as_deref() == Some("in-progress"),
            sid: self.call_sid,
            parent: self.parent_call_sid,
        })
    }
}

#[async_trait::async_trait]
impl Provider for Client {
    async fn interrupt(&self, sid: &str, url: &str) -> Result<(), ProviderError> {
        self.update(sid, &json!({ "call_hook": url })).await
    }

    async fn hang_up(&self, sid: &str) -> Result<(), ProviderError> {
        self.update(sid, &json!({ "call_status": "completed" })).await
    }

    async fn originate(&self, wish: &Origination) -> Result<String, ProviderError> {
        let body = json!({
            "from": self.caller_id,
            "to": { "type": "phone", "number": wish.to.expose() },
            "call_hook": wish.hook,
            "call_status_hook": wish.status_hook,
            "speech_synthesis_vendor": self.voice.vendor,
            "speech_synthesis_language": self.voice.language,
            "speech_synthesis_voice": self.voice.voice,
            "speech_recognizer_vendor": self.voice.vendor,
            "speech_recognizer_language": self.voice.language,
            "timeout": wish.ring.as_secs().max(1),
            "tag": { "vaxline": wish.tag },
        });
        let response = self.send(self.request(Method::POST, "/Calls").json(&body)).await?;
        Ok(read::<Created>(response).await?.sid)
    }

    async fn legs(&self) -> Result<Vec<Leg>, ProviderError> {
        let response = self.send(self.request(Method::GET, "/Calls")).await?;
        let listed: Vec<Listed> = read(response).await?;
        Ok(listed.into_iter().filter_map(Listed::open).collect())
    }

    async fn leg(&self, sid: &str) -> Result<Option<Leg>, ProviderError> {
        match self.send(self.request(Method::GET, &format!("/Calls/{sid}"))).await {
            Ok(response) => Ok(read::<Listed>(response).await?.open()),
            Err(ProviderError::Gone) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
