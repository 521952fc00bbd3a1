-- Calls of the telephone provider, their legs, the versions of the menu they stand in, and what their hooks were answered.

create table ivr_flow (
    version       text primary key,
    name          text not null,
    source        text not null,
    first_used_at timestamptz not null
);
comment on table ivr_flow is 'Versions of the menu in which calls began: a running call stays in its version';
comment on column ivr_flow.version is 'SHA-256 of the file, in hex';
comment on column ivr_flow.name is 'The flow''s name';
comment on column ivr_flow.source is 'The file';
comment on column ivr_flow.first_used_at is 'When the first call began in it';

create table notice (
    is_only boolean primary key default true check (is_only),
    de      text not null,
    en      text not null,
    set_at  timestamptz not null,
    set_by  uuid
);
comment on table notice is 'What every caller hears just now before the menu; no row: nothing';
comment on column notice.is_only is 'There is at most one';
comment on column notice.de is 'The words in German';
comment on column notice.en is 'The words in English';
comment on column notice.set_at is 'Since when';
comment on column notice.set_by is 'The supervisor who set it; null: at the terminal';

create table call (
    id                uuid primary key,
    provider          text not null,
    provider_call_sid text not null,
    direction         text not null check (direction in ('inbound', 'outbound')),
    from_number       text,
    to_number         text not null,
    progress          text not null check (progress in ('trying', 'ringing', 'answered', 'ended')),
    was_answered      boolean not null default false,
    arrived_at        timestamptz not null,
    ended_at          timestamptz,
    ended_by          text check (ended_by in ('caller', 'system', 'unknown')),
    missing_since     timestamptz,
    flow              text,
    flow_version      text references ivr_flow (version),
    ivr               jsonb,
    unique (provider, provider_call_sid),
    constraint call_progress_carries_its_data check (
        (progress = 'ended') = (ended_at is not null) and (progress = 'ended') = (ended_by is not null)
        and (flow is null) = (flow_version is null) and (flow is null) = (ivr is null)
    )
);
create index call_open on call (arrived_at) where ended_at is null;
comment on table call is 'Telephone calls';
comment on column call.id is 'Id of the call';
comment on column call.provider is 'Whose call it is: jambonz';
comment on column call.provider_call_sid is 'The provider''s name for the caller''s leg';
comment on column call.direction is 'inbound: somebody rings us';
comment on column call.from_number is 'The caller''s number in E.164; null when withheld. Personal data';
comment on column call.to_number is 'The number that was dialled';
comment on column call.progress is 'How far the caller''s leg has come; only goes forward';
comment on column call.was_answered is 'Whether the caller''s leg was ever answered';
comment on column call.arrived_at is 'When we first heard of it';
comment on column call.ended_at is 'When it was over';
comment on column call.ended_by is 'Who ended it; unknown: it was gone when we looked';
comment on column call.missing_since is 'The provider''s list lacked it then; lacking it again ends it';
comment on column call.flow is 'The menu it began in; null when it ended before it arrived';
comment on column call.flow_version is 'The version of that menu';
comment on column call.ivr is 'Where it stands in the menu';

create table call_leg (
    provider     text not null,
    leg_sid      text not null,
    call_id      uuid not null references call (id),
    offer_id     uuid,
    progress     text not null check (progress in ('trying', 'ringing', 'answered', 'ended')),
    was_answered boolean not null default false,
    first_at     timestamptz not null,
    ended_at     timestamptz,
    missing_since timestamptz,
    primary key (provider, leg_sid)
);
create index call_leg_of_call on call_leg (call_id);
create index call_leg_open on call_leg (provider) where was_answered and ended_at is null;
comment on table call_leg is 'Agents'' phones that were rung from a call';
comment on column call_leg.provider is 'Whose leg it is';
comment on column call_leg.leg_sid is 'The provider''s name for the leg';
comment on column call_leg.call_id is 'The caller''s call';
comment on column call_leg.offer_id is 'The offer under which it was rung; null when it was first heard of too late to tell';
comment on column call_leg.progress is 'How far it has come; only goes forward';
comment on column call_leg.was_answered is 'Whether it was ever answered';
comment on column call_leg.first_at is 'When we first heard of it';
comment on column call_leg.ended_at is 'When it was over';
comment on column call_leg.missing_since is 'The provider''s list lacked it then; lacking it again ends it';

create table hook_reply (
    call_id uuid not null references call (id),
    step    text not null,
    reply   jsonb not null,
    at      timestamptz not null,
    primary key (call_id, step)
);
create index hook_reply_at on hook_reply (at);
comment on table hook_reply is 'What hooks that changed something were answered: the same step is answered the same, without another effect';
comment on column hook_reply.call_id is 'The call';
comment on column hook_reply.step is 'The step that asked; the verb has the same name';
comment on column hook_reply.reply is 'The answer, in neutral words';
comment on column hook_reply.at is 'When it was given';

create table provider_look (
    provider  text primary key,
    looked_at timestamptz not null
);
comment on table provider_look is 'When our calls were last compared with a provider''s: one process at a time takes the next turn';
comment on column provider_look.provider is 'Whose calls';
comment on column provider_look.looked_at is 'When the last turn was taken';

-- Not logged on purpose: it is written in bulk every few seconds, and its loss in a crash of the database costs a few
-- calls a needless fresh list of music.
create unlogged table call_heard (
    call_id uuid primary key,
    at      timestamptz not null
);
comment on table call_heard is 'When a waiting call last asked for more music';
comment on column call_heard.call_id is 'The call';
comment on column call_heard.at is 'When, to within some seconds';
