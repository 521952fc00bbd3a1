-- Shared ground: leadership, the event log, promised effects, and the answers of commands that were carried out.

create table lease (
    name       text primary key,
    holder     uuid not null,
    epoch      bigint not null,
    expires_at timestamptz not null
);
comment on table lease is 'Leadership among identical processes';
comment on column lease.name is 'What is led (relay, dispatcher, reconcile), or node:<id>: that process lives';
comment on column lease.holder is 'The process that leads';
comment on column lease.epoch is 'Grows whenever the holder changes; a leader writes only under its own epoch';
comment on column lease.expires_at is 'Another process may take over after this moment';

create table event (
    id        uuid primary key,
    at        timestamptz not null,
    kind      text not null,
    call_id   uuid,
    entry_id  uuid,
    offer_id  uuid,
    agent_id  uuid,
    series_id uuid,
    data      jsonb not null default '{}',
    seq       bigint generated always as identity,
    position  bigint unique
);
create index event_unpublished on event (seq) where position is null;
create index event_by_entry on event (entry_id) where entry_id is not null;
create index event_by_call on event (call_id) where call_id is not null;
create index event_of_arrivals on event (at) where kind in ('entry.joined', 'entry.redeemed');
-- Facts are written nearly in the order of their time: a few ranges of blocks hold the last days.
create index event_by_time on event using brin (at);
comment on table event is 'The event log: append-only facts without personal data';
comment on column event.id is 'Id of the fact';
comment on column event.at is 'Time of the transaction that made it true';
comment on column event.kind is 'What happened, as subject.verb';
comment on column event.call_id is 'The call it is about';
comment on column event.entry_id is 'The place in line it is about';
comment on column event.offer_id is 'The offer it is about';
comment on column event.agent_id is 'The agent it is about';
comment on column event.series_id is 'The appointments it is about';
comment on column event.data is 'Codes and figures of this kind of fact';
comment on column event.seq is 'The order in which facts were written: of two that concern one row, as they happened to it';
comment on column event.position is 'Number given by the relay at publication; null until then';

create table job (
    id           uuid primary key,
    kind         text not null,
    subject      text not null,
    payload      jsonb not null default '{}',
    ordered_at   timestamptz not null,
    due_at       timestamptz not null,
    attempts     int not null default 0,
    leased_until timestamptz,
    last_error   text,
    ended_at     timestamptz,
    outcome      text,
    unique (kind, subject)
);
create index job_due on job (kind, due_at, id) where ended_at is null;
create index job_ended on job (ended_at) where ended_at is not null;
comment on table job is 'Promised effects, ordered in the transaction that promises them';
comment on column job.id is 'Id of the job';
comment on column job.kind is 'Which worker carries it out';
comment on column job.subject is 'What it is done to: with the kind, the same effect is ordered once';
comment on column job.payload is 'Ids the worker needs; no personal data';
comment on column job.ordered_at is 'When it was promised';
comment on column job.due_at is 'Not before this moment';
comment on column job.attempts is 'How often it was begun';
comment on column job.leased_until is 'A worker has it until then';
comment on column job.last_error is 'Why the last attempt failed; no personal data';
comment on column job.ended_at is 'When it was done or given up';
comment on column job.outcome is 'done, dropped (no longer true) or given_up';

create table command (
    scope    text not null,
    key      text not null,
    body     bytea not null,
    answer   jsonb,
    given_at timestamptz not null,
    primary key (scope, key)
);
create index command_given on command (given_at);
comment on table command is 'Commands that were carried out and what they were answered, kept for 72 hours';
comment on column command.scope is 'Who gave it: agent:<id>, hook, print:<client>';
comment on column command.key is 'The key chosen by the giver';
comment on column command.body is 'SHA-256 of the command: the same key with another body is an error';
comment on column command.answer is 'What was answered; written in the same transaction as the effect';
comment on column command.given_at is 'When it was carried out';
