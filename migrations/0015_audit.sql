-- The audit trail: who changed or read what about a person, on which channel, for what reason, and when.

create table audit (
    id        uuid primary key,
    at        timestamptz not null,
    actor_id  uuid,
    channel   text not null,
    reason    text not null,
    action    text not null,
    person_id uuid,
    series_id uuid,
    hits      int not null default 1 check (hits >= 0)
);
create index audit_by_actor on audit (actor_id, at) where actor_id is not null;
create index audit_by_person on audit (person_id, at) where person_id is not null;
create index audit_by_series on audit (series_id, action) where series_id is not null;
comment on table audit is 'Every change and every read of a person; append-only, without personal data';
comment on column audit.id is 'Id of the entry';
comment on column audit.at is 'Time of the transaction';
comment on column audit.actor_id is 'The user who acted; null when a program acted';
comment on column audit.channel is 'How: phone, correspondence, system';
comment on column audit.reason is 'Why: the place in line that is served, or what a program does';
comment on column audit.action is 'What was done, as subject.verb';
comment on column audit.person_id is 'The person; null when nobody was found';
comment on column audit.series_id is 'The appointments';
comment on column audit.hits is 'How many persons were shown';
