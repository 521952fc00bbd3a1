//! What is not believed, and what is too much: named refusals, and nothing is left behind.

use super::*;

/// Nothing at all was written.
async fn is_untouched(line: &Line) -> bool {
    line.count("call").await + line.count("event").await + line.count("hook_reply").await + line.count("job").await == 0
}

#[tokio::test]
async fn a_hook_that_is_not_genuine_is_refused_by_name_and_leaves_nothing() {
    let line = Line::new().await;
    let body = call_hook("forged").to_string();
    let genuine = sign(SECRET, now(), body.as_bytes());
    let other_body = call_hook("altered").to_string();
    for (name, signature, sent, code) in [
        ("unsigned", None, &body, "signature_missing"),
        (
            "signed by somebody else",
            Some(sign("somebody-elses-secret", now(), body.as_bytes())),
            &body,
            "signature_wrong",
        ),
        ("altered", Some(genuine.clone()), &other_body, "signature_wrong"),
        ("redated", Some(genuine.replacen("t=", "t=1", 1)), &body, "signature_wrong"),
        ("old", Some(sign(SECRET, now() - 302, body.as_bytes())), &body, "signature_stale"),
        ("from the future", Some(sign(SECRET, now() + 302, body.as_bytes())), &body, "signature_stale"),
        ("nonsense", Some("t=now,v1=yes".to_owned()), &body, "signature_malformed"),
    ] {
        for path in [CALL, STATUS, "/providers/jambonz/step/menu/x/1.1.1/00"] {
            let answer = line.send(request(path, signature.as_deref(), sent.clone().into())).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, code), "{name} at {path}");
        }
    }
    assert!(is_untouched(&line).await);
    // The control: the same body with the genuine signature is believed.
    assert_eq!(line.send(request(CALL, Some(&genuine), body.into())).await.status, StatusCode::OK);
    assert!(!is_untouched(&line).await);
}

#[tokio::test]
async fn hooks_signed_with_the_secret_before_are_believed_while_it_is_changed() {
    let line = Line::new().await;
    let body = call_hook("rotation").to_string();
    let signature = sign(SECRET_BEFORE, now(), body.as_bytes());
    assert_eq!(line.send(request(CALL, Some(&signature), body.into())).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let line = Line::new().await;
    let mut hook = call_hook("large");
    hook["sip"]["raw"] = json!("x".repeat(70_000));
    let body = hook.to_string();
    let signature = sign(SECRET, now(), body.as_bytes());
    let announced = line.send(request(CALL, Some(&signature), body.clone().into())).await;
    assert_eq!((announced.status, announced.code()), (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"));
    // Without saying beforehand how much is coming.
    let mut unannounced = request(CALL, Some(&signature), body.into());
    unannounced.headers_mut().remove("content-length");
    let unannounced = line.send(unannounced).await;
    assert_eq!((unannounced.status, unannounced.code()), (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"));
    assert!(is_untouched(&line).await);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let line = Line::new().await;
    let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
    let request = Request::post(CALL).header("Jambonz-Signature", "t=1,v1=00").body(Body::from_stream(never)).unwrap();
    let answer = line.send(request).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::REQUEST_TIMEOUT, "body_too_slow"));
}

#[tokio::test]
async fn a_signed_body_that_is_no_hook_is_refused_by_name() {
    let line = Line::new().await;
    let deep = format!("{{\"call_sid\":\"a\",\"x\":{}{}}}", "[".repeat(40), "]".repeat(40));
    for (body, code) in [
        (deep.as_str(), "body_too_deep"),
        ("call_sid=a&direction=inbound", "body_not_json"),
        ("{\"call_sid\":", "body_not_json"),
        ("{}", "body_names_no_call"),
        ("{\"call_sid\":\"a b\"}", "body_names_no_call"),
    ] {
        let signature = sign(SECRET, now(), body.as_bytes());
        let answer = line.send(request(CALL, Some(&signature), body.to_owned().into())).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, code));
    }
    assert!(is_untouched(&line).await);
}

#[tokio::test]
async fn a_step_that_was_never_handed_out_is_unknown() {
    let line = Line::new().await;
    let greeting = line.ring("steps").await;
    let genuine = greeting.hook("language");
    let (path, code) = genuine.rsplit_once('/').unwrap();
    let flipped: String = code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    let other_question = path.replace("1.1.2", "2.1.1");
    for forged in [format!("{path}/{flipped}"), path.to_owned(), format!("{other_question}/{code}")] {
        let answer = line.post(&forged, &base("steps")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_step"), "{forged}");
    }
    assert_eq!(line.count("hook_reply").await, 0);
}

#[tokio::test]
async fn reports_about_calls_that_never_arrived_are_refused_by_name() {
    let line = Line::new().await;
    for status in ["trying", "ringing", "in-progress"] {
        let answer = line.status("stranger", status, &json!({})).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_call"));
    }
    let leg = line.leg("leg", "stranger", "in-progress").await;
    assert_eq!(leg.code(), "unknown_call");
    let outbound = line.post(CALL, &fixture("call-hook-outbound")).await;
    assert_eq!(outbound.code(), "unknown_call");
    assert!(is_untouched(&line).await);
}

#[tokio::test]
async fn a_status_of_a_later_version_is_taken_and_ignored() {
    let line = Line::new().await;
    line.ring("later").await;
    assert_eq!(line.status("later", "teleported", &json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(line.post(STATUS, &json!({ "call_sid": "later" })).await.status, StatusCode::NO_CONTENT);
}
