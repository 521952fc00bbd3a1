-- An agent leaves a caller in music for a moment, and comes back.

alter table queue_entry
    add column held_until timestamptz,
    drop constraint queue_entry_state_check,
    add constraint queue_entry_state_check
        check (state in ('waiting', 'offered', 'connecting', 'talking', 'held', 'resuming', 'ended')),
    drop constraint entry_state_carries_its_data,
    add constraint entry_state_carries_its_data check (
        (state in ('offered', 'connecting', 'talking', 'held', 'resuming')) = (offer_id is not null)
        and (state in ('talking', 'held', 'resuming')) = (talking_since is not null)
        and (state = 'held') = (held_until is not null)
        and (state = 'ended') = (ending is not null)
        and (state = 'ended') = (ended_at is not null)
        and (redeem_until is null or state = 'ended')
        and (prefers is null) = (prefers_until is null)
        and (overflow_at is null) = (overflow_queue is null)
        and (overflow_at is null) = (overflow_needs is null)
    );
create index queue_entry_held on queue_entry (held_until) where state = 'held';
comment on column queue_entry.held_until is 'The agent''s phone is rung by then, asked for or not';

alter table offer drop constraint offer_state_check;
alter table offer add constraint offer_state_check check (state in
    ('open', 'accepted', 'connecting', 'connected', 'held', 'transferred', 'declined', 'expired', 'withdrawn', 'failed'));
