-- Statistics: how far readers of the event log have come.

create table event_reader (
    name     text primary key,
    position bigint not null
);
comment on table event_reader is 'Readers of the event log that must not miss a fact; nothing after the least position is forgotten';
comment on column event_reader.name is 'Who reads: statistics';
comment on column event_reader.position is 'The last fact that was read; moved in the transaction that holds what came of it';
