//! `vaxline doctor`: looks at everything a hotline needs, and says what to do.

use super::say;
use super::start::Context;
use crate::app::doctor::{self, Verdict};

pub(super) async fn run(context: Context) -> anyhow::Result<()> {
    let findings = doctor::examine(&context.config, &context.pools, &context.clock).await;
    for finding in &findings {
        say(format_args!("{:8} {:14} {}", finding.verdict, finding.subject, finding.says));
    }
    let wrong = findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
    anyhow::ensure!(wrong == 0, "{wrong} of {} things are wrong", findings.len());
    Ok(())
}
