-- The queue as durable state: places in line, agents, offers between them, and pairs that are kept apart.

create sequence queue_entry_seq;
comment on sequence queue_entry_seq is 'Decides between arrivals of the same microsecond; gaps are meant to be there';

create table queue_entry (
    id           uuid primary key,
    call_id      uuid not null,
    caller       text,
    language     text not null check (language in ('de', 'en')),
    topic        text not null check (topic in ('book', 'change', 'information')),
    queue        text not null default 'hotline',
    needs        text not null default '',
    bonus        integer not null default 0,
    prefers      uuid,
    prefers_until timestamptz,
    overflow_at  timestamptz,
    overflow_queue text,
    overflow_needs text,
    joined_at    timestamptz not null,
    key_at       timestamptz not null,
    key_seq      bigint not null default nextval('queue_entry_seq'),
    state        text not null check (state in ('waiting', 'offered', 'connecting', 'talking', 'ended')),
    offer_id     uuid,
    talking_since timestamptz,
    ending       text check (ending in ('served', 'abandoned', 'lost', 'merged')),
    ended_at     timestamptz,
    redeem_until timestamptz,
    constraint entry_state_carries_its_data check (
        (state in ('offered', 'connecting', 'talking')) = (offer_id is not null)
        and (state = 'talking') = (talking_since is not null)
        and (state = 'ended') = (ending is not null)
        and (state = 'ended') = (ended_at is not null)
        and (redeem_until is null or state = 'ended')
        and (prefers is null) = (prefers_until is null)
        and (overflow_at is null) = (overflow_queue is null)
        and (overflow_at is null) = (overflow_needs is null)
    )
);
create index queue_entry_waiting on queue_entry (key_at, key_seq) where state = 'waiting';
create index queue_entry_waiting_of_kind on queue_entry (needs, bonus, key_at, key_seq) where state = 'waiting';
create index queue_entry_overflow on queue_entry (overflow_at) where state = 'waiting' and overflow_at is not null;
create index queue_entry_prefers on queue_entry (prefers_until) where state = 'waiting' and prefers is not null;
create index queue_entry_served on queue_entry (ended_at) where ending = 'served';
create index queue_entry_of_caller on queue_entry (caller, ended_at) where ending = 'served';
create index queue_entry_open on queue_entry (state) where state <> 'ended';
create unique index queue_entry_of_call on queue_entry (call_id) where state <> 'ended';
create index queue_entry_last_of_call on queue_entry (call_id);
create index queue_entry_waiting_of_caller on queue_entry (caller) where state = 'waiting';
create index queue_entry_redeemable on queue_entry (caller, redeem_until) where redeem_until is not null;
comment on table queue_entry is 'A place in line; it outlives its call';
comment on column queue_entry.id is 'Id of the place';
comment on column queue_entry.call_id is 'The call that waits on it, or waited last';
comment on column queue_entry.caller is 'The caller''s number in E.164, for a redial; null when withheld. Personal data';
comment on column queue_entry.language is 'The language the caller chose';
comment on column queue_entry.topic is 'Why the caller rings';
comment on column queue_entry.queue is 'In which queue of the configuration';
comment on column queue_entry.needs is 'Skills that an agent must have, by the time waited: en:2,1@120 is level 2, after 120 s level 1';
comment on column queue_entry.bonus is 'Seconds that the class is taken to have waited already; part of key_at';
comment on column queue_entry.prefers is 'The one agent who may take the caller until prefers_until';
comment on column queue_entry.prefers_until is 'Until then the caller waits for one agent alone';
comment on column queue_entry.overflow_at is 'When the place goes to overflow_queue; null: never';
comment on column queue_entry.overflow_queue is 'Where it goes then';
comment on column queue_entry.overflow_needs is 'What an agent must be able to do there';
comment on column queue_entry.joined_at is 'When the caller joined the queue';
comment on column queue_entry.key_at is 'Order key: arrival less the bonus of the class; never changed';
comment on column queue_entry.key_seq is 'Order key: decides between equal moments; never changed';
comment on column queue_entry.state is 'Exactly one state';
comment on column queue_entry.offer_id is 'The offer that binds it';
comment on column queue_entry.talking_since is 'When agent and caller began to talk';
comment on column queue_entry.ending is 'How it ended; merged: its caller has an older place again';
comment on column queue_entry.ended_at is 'When it ended';
comment on column queue_entry.redeem_until is 'Until then a redial takes the place up again';

create table agent (
    id              uuid primary key references user_account (id),
    state           text not null check (state in
                        ('offline', 'ready', 'offered', 'connecting', 'talking', 'wrap_up', 'not_ready')),
    since           timestamptz not null,
    idle_since      timestamptz not null,
    missed          smallint not null default 0,
    skills          text not null default '',
    offer_id        uuid,
    entry_id        uuid references queue_entry (id),
    until           timestamptz,
    extensions_left smallint,
    next            text,
    reason          text,
    link            text not null check (link in ('down', 'up', 'lost')),
    session_id      uuid,
    node            uuid,
    link_until      timestamptz,
    constraint agent_state_carries_its_data check (
        (state in ('offered', 'connecting', 'talking')) = (offer_id is not null)
        and (state in ('offered', 'connecting', 'talking', 'wrap_up')) = (entry_id is not null)
        and (state = 'wrap_up') = (until is not null)
        and (state = 'wrap_up') = (extensions_left is not null)
        and (state = 'not_ready') = (reason is not null)
        and (next is null or state in ('connecting', 'talking', 'wrap_up'))
    ),
    constraint agent_link_carries_its_data check (
        (link = 'up') = (session_id is not null) and (link = 'up') = (node is not null)
        and (link = 'lost') = (link_until is not null)
    )
);
create index agent_ready on agent (idle_since) where state = 'ready' and link = 'up';
comment on table agent is 'Agents as the queue sees them';
comment on column agent.id is 'The user';
comment on column agent.state is 'Exactly one state';
comment on column agent.since is 'Since when in this state';
comment on column agent.idle_since is 'Since when without a caller while ready: the longest idle is offered first';
comment on column agent.missed is 'Offers in a row that were let pass';
comment on column agent.skills is 'What they can do, with levels: de:5,en:2';
comment on column agent.offer_id is 'The offer that binds the agent';
comment on column agent.entry_id is 'The entry on the desk';
comment on column agent.until is 'When the wrap-up ends by itself';
comment on column agent.extensions_left is 'How often the wrap-up may still be extended';
comment on column agent.next is 'Not-ready reason wished for after the call; null: ready';
comment on column agent.reason is 'Why not ready';
comment on column agent.link is 'The page''s socket';
comment on column agent.session_id is 'Whose socket it is: the newest log-in';
comment on column agent.node is 'The process that holds the socket';
comment on column agent.link_until is 'How long a lost link is expected back';

create table offer (
    id       uuid primary key,
    entry_id uuid not null references queue_entry (id),
    agent_id uuid not null references agent (id),
    state    text not null check (state in
                 ('open', 'accepted', 'connecting', 'connected', 'declined', 'expired', 'withdrawn', 'failed')),
    made_at  timestamptz not null,
    deadline timestamptz,
    paint_by timestamptz,
    ended_at timestamptz,
    constraint offer_state_carries_its_data check (
        (state in ('open', 'accepted', 'connecting')) = (deadline is not null)
        and (state in ('open', 'accepted', 'connecting')) = (ended_at is null)
        and (paint_by is null or state = 'open')
    )
);
create unique index offer_live_by_entry on offer (entry_id) where ended_at is null;
create unique index offer_live_by_agent on offer (agent_id) where ended_at is null;
create index offer_by_entry on offer (entry_id, made_at);
comment on table offer is 'An entry offered to one agent: a lease. The two unique indexes are the last guard against double offers';
comment on column offer.id is 'Id of the offer';
comment on column offer.entry_id is 'What is offered';
comment on column offer.agent_id is 'To whom';
comment on column offer.state is 'Exactly one state';
comment on column offer.made_at is 'When it was made';
comment on column offer.deadline is 'It must be answered, or connected, by then';
comment on column offer.paint_by is 'The page must show it by then; null when it has';
comment on column offer.ended_at is 'When it stopped binding entry and agent';

create table back_off (
    entry_id uuid not null references queue_entry (id),
    agent_id uuid not null references agent (id),
    until    timestamptz not null,
    primary key (entry_id, agent_id)
);
create index back_off_until on back_off (until);
comment on table back_off is 'Pairs kept apart for a while: part of eligibility, never of order';
comment on column back_off.entry_id is 'The entry that was let pass';
comment on column back_off.agent_id is 'The agent who let it pass';
comment on column back_off.until is 'Until then';
