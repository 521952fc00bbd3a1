//! One attempt of one hook: the request, its time-outs, and how the answer is read.

use serde_json::Value;

use reqwest::header::CONTENT_TYPE;

use super::{Answer, Failure, Hooks, Kind};
use crate::faults::Faults;
use crate::provider::signature;
use crate::provider::verbs::Hook;

impl Hooks {
    #[expect(clippy::too_many_arguments, reason = "one attempt of one hook: everything that goes into it, once")]
    pub(super) async fn attempt(
        &self,
        call: &str,
        kind: Kind,
        hook: &Hook,
        url: &str,
        signed: &str,
        bytes: &[u8],
        faults: &Faults,
    ) -> Result<(u16, Answer), Failure> {
        if self.throw(call, "refuse", faults.refuse) {
            return Err(Failure::Refused);
        }
        let copies = if kind.is_action() {
            faults.action_duplicate
        } else if kind == Kind::Status {
            faults.status_duplicate
        } else {
            0.0
        };
        if self.throw(call, "duplicate", copies) {
            let copy = self.request(hook, url, signed, bytes);
            let (patience, closing) = (self.patience, self.closing.clone());
            self.tasks.spawn(async move {
                tokio::select! {
                    () = closing.cancelled() => {}
                    // Only the first answer counts.
                    _ = tokio::time::timeout(patience, copy.send()) => {}
                }
            });
        }
        let exchange = async {
            let request = self.request(hook, url, signed, bytes).send();
            let answer = tokio::time::timeout(self.patience, request)
                .await
                .map_err(|_| Failure::TimedOut)?
                .map_err(|e| if e.is_connect() { Failure::Refused } else { Failure::Broken })?;
            let status = answer.status().as_u16();
            if ![200, 202, 204].contains(&status) {
                return Err(Failure::Status(status));
            }
            let json = answer
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|v| v.contains("application/json"));
            let body = tokio::time::timeout(self.body_patience, answer.bytes())
                .await
                .map_err(|_| Failure::TimedOut)?
                .map_err(|_| Failure::Broken)?;
            if !json {
                return Ok((status, Answer::Nothing));
            }
            match serde_json::from_slice(&body).map_err(|_| Failure::BadJson)? {
                Value::Array(list) => Ok((status, Answer::List(list))),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                    Ok((status, Answer::Nothing))
                }
            }
        };
        let result = exchange.await?;
        if self.throw(call, "answer_lost", faults.answer_lost) {
            return Err(Failure::Broken);
        }
        Ok(result)
    }

    fn request(&self, hook: &Hook, url: &str, signed: &str, bytes: &[u8]) -> reqwest::RequestBuilder {
        let request = if hook.get {
            self.client.get(url)
        } else {
            self.client.post(url).header(CONTENT_TYPE, "application/json").body(bytes.to_vec())
        };
        let request = request.header(signature::HEADER, signed).header(reqwest::header::USER_AGENT, "jambonz");
        match &hook.basic {
            Some((user, password)) => request.basic_auth(user, Some(password)),
            None => request,
        }
    }
}
