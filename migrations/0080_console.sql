-- The agent's desk: which socket has it, and what was typed there.

create table console_link (
    agent_id  uuid primary key references user_account (id),
    epoch     bigint not null,
    window_id uuid,
    linked_at timestamptz not null
);
comment on table console_link is 'Which socket has an agent''s desk: the newest';
comment on column console_link.agent_id is 'The agent';
comment on column console_link.epoch is 'Grows with every socket; a command of an older socket is refused';
comment on column console_link.window_id is 'The browser''s window that the newest socket belongs to; empty where the page has not named it';
comment on column console_link.linked_at is 'When the newest socket was opened';

create table draft (
    agent_id uuid not null references user_account (id),
    entry_id uuid not null references queue_entry (id),
    version  int not null,
    form     jsonb not null,
    last_cmd text not null,
    saved_at timestamptz not null,
    primary key (agent_id, entry_id)
);
comment on table draft is 'What an agent has typed for a caller and not yet booked; removed when the desk is cleared. Personal data';
comment on column draft.agent_id is 'Who typed';
comment on column draft.entry_id is 'For whom';
comment on column draft.version is 'Grows with every save';
comment on column draft.form is 'The form as the page sent it. Personal data';
comment on column draft.last_cmd is 'Key of the command that saved it: repeated, it saves nothing again';
comment on column draft.saved_at is 'When it was saved';

-- The wallboard counts what ended since midnight, twice a second while somebody watches.
create index queue_entry_by_end on queue_entry (ended_at, ending) where ended_at is not null;

-- ... and the bookings of the day, from the event log.
create index event_of_confirmed_bookings on event (at) where kind = 'series.confirmed';

-- Every desk is told what is down: of an effect that fails it is asked whether another of its kind went well meanwhile.
create index job_done on job (kind, ended_at) where outcome = 'done';
