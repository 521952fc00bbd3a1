//! How a desk takes part in a race on a machine that may be too busy for it.

use vaxline::foundation::fault::Refusal;
use vaxline::scheduling::model::SchedulingError;

/// How often a desk may find the machine too busy for it, in one round.
const REPEATS: usize = 5;

/// Does something, and repeats what could not be carried out, as a page does: no connection within a second is the machine's
/// fault and says nothing about slots. Whether it happened all the same is asked first.
pub async fn done_or_refused<T, Done, Asked>(
    act: impl Fn() -> Done,
    happened: impl Fn() -> Asked,
) -> Result<T, SchedulingError>
where
    Done: Future<Output = Result<T, SchedulingError>>,
    Asked: Future<Output = Result<Option<T>, SchedulingError>>,
{
    let mut outcome = act().await;
    for _ in 0..REPEATS {
        if !outcome.as_ref().is_err_and(|refusal| refusal.fault().is_some()) {
            break;
        }
        outcome = match happened().await {
            Ok(Some(done)) => Ok(done),
            Ok(None) => act().await,
            Err(fault) => Err(fault),
        };
    }
    outcome
}
