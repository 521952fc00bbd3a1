//! Who else is needed: the provider, its music, the mail relay.

use super::Finding;
use crate::app::config::Config;
use crate::foundation::fault::Fault;
use crate::hotline::provider::client::Client;
use crate::hotline::provider::{Provider, ProviderError, audio};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

pub(super) async fn provider(config: &Config) -> Result<Vec<Finding>, Fault> {
    let settings = &config.provider;
    if !settings.is_set_up() {
        return Ok(vec![Finding::wrong("provider", "is not set up (provider.webhook_secret): no call is taken")]);
    }
    let callbacks = (config.queue.callback.from_minutes > 0 && settings.caller_id.is_empty()).then(|| {
        Finding::warning("callbacks", "are not offered: provider.caller_id, the number from which we ring, is empty")
    });
    let answers = match Client::new(settings)?.legs().await {
        Ok(legs) => Finding::ok("provider", format!("answers; {} legs are open", legs.len())),
        Err(ProviderError::Refused(status @ (401 | 403))) => {
            Finding::wrong("provider", format!("refuses the key with {status}: see provider.account_sid and api_key"))
        }
        Err(error @ (ProviderError::Gone | ProviderError::Busy(_) | ProviderError::Refused(_))) => {
            Finding::wrong("provider", format!("{error}: see provider.api_url and account_sid"))
        }
        Err(ProviderError::Unknown(_)) => Finding::wrong("provider", "cannot be reached: see provider.api_url"),
    };
    Ok(callbacks.into_iter().chain([answers]).collect())
}

pub(super) async fn music(config: &Config) -> Result<Vec<Finding>, Fault> {
    if !config.provider.is_set_up() {
        return Ok(Vec::new());
    }
    let url = &config.provider.park.music_url;
    let is_ours = [&config.hooks.public_url, &config.staff.public_url].iter().any(|ours| place(ours) == place(url));
    if is_ours {
        let says = "provider.park.music_url is on our own listener: when we die, waiting callers must hear music";
        return Ok(vec![Finding::wrong("music", says)]);
    }
    Ok(vec![match audio::check(url).await {
        Ok(()) => Finding::ok("music", "plays"),
        Err(wrong) => Finding::wrong("music", wrong),
    }])
}

/// Host and port of a URL.
fn place(url: &str) -> Option<(String, Option<u16>)> {
    let url = reqwest::Url::parse(url).ok()?;
    Some((url.host_str()?.to_owned(), url.port_or_known_default()))
}

pub(super) async fn mail(config: &Config) -> Result<Vec<Finding>, Fault> {
    let settings = &config.correspondence.email;
    if settings.host.is_empty() {
        return Ok(vec![Finding::warning("mail", "no relay is named (correspondence.email.host): mails are kept")]);
    }
    let relay = format!("{}:{}", settings.host, settings.port);
    let doing = || format!("connect to the mail relay {relay}");
    let mut stream = TcpStream::connect(&relay).await.map_err(|error| Fault::new(doing(), error))?;
    if settings.tls == crate::correspondence::settings::Tls::Implicit {
        return Ok(vec![Finding::ok("mail", format!("{relay} takes connections"))]);
    }
    let mut greeting = [0; 3];
    stream.read_exact(&mut greeting).await.map_err(|error| Fault::new(doing(), error))?;
    Ok(vec![if &greeting == b"220" {
        Finding::ok("mail", format!("{relay} greets"))
    } else {
        Finding::wrong("mail", format!("{relay} does not greet like a mail relay: see correspondence.email"))
    }])
}
