-- An agent hands a caller on: the place stands in line again, with what the next agent has to know.

alter table offer drop constraint offer_state_check;
alter table offer add constraint offer_state_check check (state in
    ('open', 'accepted', 'connecting', 'connected', 'transferred', 'declined', 'expired', 'withdrawn', 'failed'));

create table handover (
    entry_id uuid primary key references queue_entry (id),
    agent_id uuid not null references user_account (id),
    note     text not null,
    form     jsonb,
    at       timestamptz not null
);
comment on table handover is 'What an agent who has handed a caller on leaves to the next one; removed when the desk is cleared. Personal data';
comment on column handover.entry_id is 'The place of the caller';
comment on column handover.agent_id is 'Who has handed the caller on';
comment on column handover.note is 'A word to the next agent; may be empty. Personal data';
comment on column handover.form is 'What had been typed for the caller. Personal data';
comment on column handover.at is 'When';
