-- A caller who does not want to wait on the line keeps the place and is rung when it is their turn.

alter table queue_entry
    add column reach        text not null default 'line' check (reach in ('line', 'callback')),
    add column tries        smallint not null default 0,
    add column rung         boolean not null default false,
    add column paused_until timestamptz,
    drop constraint queue_entry_ending_check,
    add constraint queue_entry_ending_check
        check (ending in ('served', 'abandoned', 'lost', 'merged', 'unreached')),
    add constraint entry_reach_carries_its_data check (
        (reach = 'line' or (state in ('waiting', 'offered', 'connecting') and caller is not null))
        and (reach = 'callback' or (tries = 0 and not rung and paused_until is null))
        and (not rung or state = 'connecting')
    );
create index queue_entry_callback on queue_entry (caller) where reach = 'callback';
create index queue_entry_paused on queue_entry (paused_until) where state = 'waiting' and paused_until is not null;
comment on column queue_entry.reach is 'line: the caller waits on the line; callback: at home, and is rung when an agent has taken them on';
comment on column queue_entry.tries is 'How often the caller was rung in vain';
comment on column queue_entry.rung is 'Whether call_id is the call by which the caller is being rung';
comment on column queue_entry.paused_until is 'The caller was rung in vain, and is offered to nobody before';
comment on column queue_entry.call_id is 'The call that waits on it, or waited last; of a callback, the one in which it was asked for, then the one that rings';

-- The provider names a call of ours only when it has been asked for it.
alter table call alter column provider_call_sid drop not null;
comment on column call.provider_call_sid is 'The provider''s name for the caller''s leg; null: we have asked for the call and not heard of it yet';
comment on column call.direction is 'inbound: somebody rings us; outbound: we ring somebody who has asked for it';
comment on column call.from_number is 'The number of who rings, or is rung, in E.164; null when withheld. Personal data';
comment on column call.to_number is 'The number that was dialled; empty for a call of ours';
comment on column call.rang_at is 'When it rang: what its place in line goes by. Before arrived_at when it was first answered without the database; of a call of ours, when it was asked for';
