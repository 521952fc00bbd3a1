-- Statistics: sums folded from the event log, and what the fold remembers of what is not over. Numbers and ids only.

create table event_reader (
    name     text primary key,
    position bigint not null
);
comment on table event_reader is 'Readers of the event log that must not miss a fact; nothing after the least position is forgotten';
comment on column event_reader.name is 'Who reads: statistics';
comment on column event_reader.position is 'The last fact that was read; moved in the transaction that holds what came of it';

create table statistic_hour (
    hour             timestamptz not null,
    queue            text not null,
    language         text not null,
    topic            text not null,
    offered          bigint not null,
    answered         bigint not null,
    served           bigint not null,
    abandoned        bigint not null,
    lost             bigint not null,
    merged           bigint not null,
    redeemed         bigint not null,
    offers_made      bigint not null,
    offers_accepted  bigint not null,
    offers_declined  bigint not null,
    offers_expired   bigint not null,
    offers_withdrawn bigint not null,
    offers_failed    bigint not null,
    times            jsonb not null,
    primary key (hour, queue, language, topic)
);
comment on table statistic_hour is 'What became of the entries that joined in an hour; kept when the facts are forgotten';
comment on column statistic_hour.hour is 'The hour in which they joined, by its beginning';
comment on column statistic_hour.queue is 'The queue that they joined';
comment on column statistic_hour.language is 'The language that was chosen';
comment on column statistic_hour.topic is 'The topic that was chosen';
comment on column statistic_hour.offered is 'Entries, those that were merged excepted';
comment on column statistic_hour.answered is 'Entries that talked with an agent';
comment on column statistic_hour.served is 'Entries whose talk is over';
comment on column statistic_hour.abandoned is 'Entries whose caller hung up before a talk and did not come back';
comment on column statistic_hour.lost is 'Entries that were cut off before a talk and whose caller did not come back';
comment on column statistic_hour.merged is 'Entries that ended because the same number has an older place again';
comment on column statistic_hour.redeemed is 'Entries that were left and taken up again; part of offered';
comment on column statistic_hour.offers_made is 'Offers to agents';
comment on column statistic_hour.offers_accepted is 'Offers that were accepted';
comment on column statistic_hour.offers_declined is 'Offers that were declined';
comment on column statistic_hour.offers_expired is 'Offers that were not painted or not answered in time';
comment on column statistic_hour.offers_withdrawn is 'Offers that were taken back, also after they were accepted';
comment on column statistic_hour.offers_failed is 'Accepted offers under which no talk came about';
comment on column statistic_hour.times is 'Histograms of waits and handling times in milliseconds, by name: count, sum, and how many in each bucket';

create table statistic_shift (
    hour             timestamptz not null,
    agent_id         uuid not null,
    ready_ms         bigint not null,
    offered_ms       bigint not null,
    connecting_ms    bigint not null,
    talking_ms       bigint not null,
    wrap_up_ms       bigint not null,
    not_ready_ms     bigint not null,
    offers_made      bigint not null,
    offers_accepted  bigint not null,
    offers_declined  bigint not null,
    offers_expired   bigint not null,
    offers_withdrawn bigint not null,
    offers_failed    bigint not null,
    answered         bigint not null,
    handled          bigint not null,
    handling_ms      bigint not null,
    primary key (hour, agent_id)
);
comment on table statistic_shift is 'What an agent did in an hour, from states that have ended; shown to supervisors alone';
comment on column statistic_shift.hour is 'The hour in which the time passed, or in which the offer was made';
comment on column statistic_shift.agent_id is 'The user';
comment on column statistic_shift.ready_ms is 'Milliseconds of waiting for a caller';
comment on column statistic_shift.offered_ms is 'Milliseconds with an open offer';
comment on column statistic_shift.connecting_ms is 'Milliseconds in which the phone was connected';
comment on column statistic_shift.talking_ms is 'Milliseconds of talk';
comment on column statistic_shift.wrap_up_ms is 'Milliseconds of wrap-up';
comment on column statistic_shift.not_ready_ms is 'Milliseconds of not being ready';
comment on column statistic_shift.offers_made is 'Offers to the agent';
comment on column statistic_shift.offers_accepted is 'Offers that were accepted';
comment on column statistic_shift.offers_declined is 'Offers that were declined';
comment on column statistic_shift.offers_expired is 'Offers that were not painted or not answered in time';
comment on column statistic_shift.offers_withdrawn is 'Offers that were taken back, also after they were accepted';
comment on column statistic_shift.offers_failed is 'Accepted offers under which no talk came about';
comment on column statistic_shift.answered is 'Talks';
comment on column statistic_shift.handled is 'Talks whose wrap-up is over';
comment on column statistic_shift.handling_ms is 'Milliseconds of talk and wrap-up of those';

create table statistic_card (
    id      uuid primary key,
    kind    text not null check (kind in ('call', 'entry', 'agent')),
    state   text not null,
    since   timestamptz not null,
    over_at timestamptz,
    card    jsonb not null
);
create index statistic_card_open on statistic_card (kind) where over_at is null;
create index statistic_card_over on statistic_card (over_at) where over_at is not null;
comment on table statistic_card is 'What the fold remembers until nothing about it can count any more: calls in the menu, entries, agents';
comment on column statistic_card.id is 'The call, the entry or the user';
comment on column statistic_card.kind is 'Which of them';
comment on column statistic_card.state is 'arrived; waiting, connecting, talking or ended; or what the agent does';
comment on column statistic_card.since is 'When the call arrived, the entry joined, or the agent began to do this';
comment on column statistic_card.over_at is 'When the entry ended; it is forgotten two days later';
comment on column statistic_card.card is 'What else must be known of it: times and ids of its offer and its talk';
