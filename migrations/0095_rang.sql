-- A place goes by when the caller rang, not by when we could write that down.

alter table call add column rang_at timestamptz;
update call set rang_at = arrived_at;
alter table call alter column rang_at set not null;
comment on column call.rang_at is 'When it rang: what its place in line goes by. Before arrived_at when it was first answered without the database';
comment on column queue_entry.key_at is 'Order key: when the caller rang, less the bonus of the class; never changed';
