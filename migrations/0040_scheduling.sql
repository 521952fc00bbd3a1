-- Slots, reservations, persons and their appointments. Capacity is computed once, at release, and becomes one row a
-- slot: booking touches slots only.

create table release_day (
    id           uuid primary key,
    release      text not null check (length(release) between 1 and 64),
    centre       text not null references centre,
    vaccine      text not null references vaccine,
    day          date not null,
    second_day   date,
    first_slots  int not null check (first_slots >= 0),
    second_slots int not null check (second_slots >= 0),
    rules        text not null,
    opens_at     timestamptz not null,
    released_at  timestamptz not null,
    unique (release, centre, vaccine, day),
    check ((second_day is null) = (second_slots = 0))
);
comment on table release_day is 'What was released for the first doses of one day; releasing it again changes nothing';
comment on column release_day.id is 'Id';
comment on column release_day.release is 'Name of the release; with centre, vaccine and day it happens once';
comment on column release_day.centre is 'Where';
comment on column release_day.vaccine is 'What';
comment on column release_day.day is 'Local day of the first doses';
comment on column release_day.second_day is 'Local day of the second doses that were released with them';
comment on column release_day.first_slots is 'Slots for first doses';
comment on column release_day.second_slots is 'Slots for second doses: as many, and some slack';
comment on column release_day.rules is 'Version of the rules whose interval set the second day';
comment on column release_day.opens_at is 'Not bookable before';
comment on column release_day.released_at is 'When it was released';

create table slot (
    id             uuid primary key,
    release_id     uuid not null references release_day,
    centre         text not null,
    vaccine        text not null,
    pool           smallint not null check (pool in (1, 2)),
    day            date not null,
    bucket         smallint not null check (bucket between 0 and 287),
    place          smallint not null check (place >= 1),
    starts_at      time not null,
    begins_at      timestamptz not null,
    opens_at       timestamptz not null,
    state          text not null default 'free' check (state in ('free', 'reserved', 'booked', 'withdrawn')),
    reservation_id uuid,
    check ((state = 'reserved') = (reservation_id is not null))
);
-- A place of five minutes at a centre exists once, whatever it is released for: two releases cannot overfill a centre.
create unique index slot_place on slot (centre, day, bucket, place);
create index slot_free on slot (centre, vaccine, pool, day, starts_at, place) where state = 'free';
create index slot_of_reservation on slot (reservation_id) where reservation_id is not null;
create index slot_of_release on slot (release_id);
comment on table slot is 'One bookable place at a centre; capacity one';
comment on column slot.id is 'Id';
comment on column slot.release_id is 'The release it came from';
comment on column slot.centre is 'Where; no foreign key, because a hot row in the booking path would serialise it';
comment on column slot.vaccine is 'What is given there';
comment on column slot.pool is '1 for first doses, 2 for second doses: first bookings can never eat second doses';
comment on column slot.day is 'Local day';
comment on column slot.bucket is 'Five minutes of the local day, from 0';
comment on column slot.place is 'Place within the five minutes, from 1 to what the lanes serve';
comment on column slot.starts_at is 'Local time, to the minute, spread over the five minutes by place';
comment on column slot.begins_at is 'The same as a moment';
comment on column slot.opens_at is 'Not bookable before';
comment on column slot.state is 'free, reserved for some minutes, booked for a dose, or withdrawn';
comment on column slot.reservation_id is 'The reservation that holds it';

create table reservation (
    id            uuid primary key,
    user_id       uuid not null references user_account,
    entry_id      uuid,
    centre        text not null,
    vaccine       text not null,
    rules         text not null,
    state         text not null default 'live' check (state in ('live', 'confirmed', 'released', 'expired')),
    made_at       timestamptz not null,
    expires_at    timestamptz not null,
    last_until    timestamptz not null,
    ended_at      timestamptz,
    check (expires_at <= last_until),
    check ((state = 'live') = (ended_at is null))
);
create unique index reservation_live on reservation (user_id) where state = 'live';
create index reservation_due on reservation (expires_at) where state = 'live';
comment on table reservation is 'Slots taken for some minutes; one live reservation a desk';
comment on column reservation.id is 'Id';
comment on column reservation.user_id is 'The desk that holds it';
comment on column reservation.entry_id is 'The place in line that is served';
comment on column reservation.centre is 'Where';
comment on column reservation.vaccine is 'What';
comment on column reservation.rules is 'Version of the rules it was decided by';
comment on column reservation.state is 'live, or how it ended';
comment on column reservation.made_at is 'When it was made';
comment on column reservation.expires_at is 'When it lapses; moves with every renewal';
comment on column reservation.last_until is 'No renewal goes beyond: nobody hoards slots';
comment on column reservation.ended_at is 'When it ended';

create table person (
    id          uuid primary key,
    family_name text not null,
    given_name  text not null,
    born_on     date not null,
    street      text not null,
    postcode    text not null,
    town        text not null,
    phone       text,
    email       text,
    language    text not null check (language in ('de', 'en')),
    family_ae   text not null,
    given_ae    text not null,
    family_a    text not null,
    made_at     timestamptz not null,
    changed_at  timestamptz not null
);
create unique index person_identity on person (born_on, family_ae, given_ae, postcode);
create index person_by_other_fold on person (born_on, family_a);
comment on table person is 'People who are vaccinated, as they named themselves';
comment on column person.id is 'Id';
comment on column person.family_name is 'Family name, or the only name; NFC';
comment on column person.given_name is 'Given names; empty for people with one name';
comment on column person.born_on is 'Birth date';
comment on column person.street is 'Street and house number, as entered';
comment on column person.postcode is 'Postcode, text';
comment on column person.town is 'Town';
comment on column person.phone is 'E.164';
comment on column person.email is 'E-mail address; never required';
comment on column person.language is 'Language of papers';
comment on column person.family_ae is 'Family name for searching, Ä as AE';
comment on column person.given_ae is 'Given names for searching, Ä as AE';
comment on column person.family_a is 'Family name for searching, Ä as A';
comment on column person.made_at is 'When first entered';
comment on column person.changed_at is 'When last changed';

create table series (
    id           uuid primary key,
    person_id    uuid not null references person,
    reference    text not null unique check (length(reference) = 12),
    version      int not null default 1 check (version >= 1),
    state        text not null default 'confirmed' check (state in ('confirmed', 'cancelled', 'completed')),
    centre       text not null,
    vaccine      text not null,
    rules        text not null,
    claim        text not null,
    priority     text not null,
    clause       text not null,
    letter       boolean not null,
    email        boolean not null,
    language     text not null,
    made_at      timestamptz not null,
    made_by      uuid references user_account,
    made_in      uuid,
    changed_at   timestamptz not null,
    cancelled_at timestamptz,
    check ((state = 'cancelled') = (cancelled_at is not null))
);
create unique index series_active on series (person_id) where state in ('confirmed', 'completed');
create index series_of_person on series (person_id);
create index series_made_in on series (made_in) where made_in is not null;
comment on table series is 'The appointments of one person for one vaccination';
comment on column series.id is 'Id';
comment on column series.person_id is 'Whose';
comment on column series.reference is 'What people read and type; opens nothing without the birth date';
comment on column series.version is 'Grows with every change; a paper names the version it was made from';
comment on column series.state is 'confirmed, cancelled or completed';
comment on column series.centre is 'Where';
comment on column series.vaccine is 'What';
comment on column series.rules is 'Version of the rules it was decided by; a later one never invalidates it';
comment on column series.claim is 'The claim of entitlement';
comment on column series.priority is 'Group of the claim';
comment on column series.clause is 'Clause of the ordinance; never a diagnosis';
comment on column series.letter is 'Whether a letter was wanted';
comment on column series.email is 'Whether an e-mail was wanted';
comment on column series.language is 'Language of the papers';
comment on column series.made_at is 'When it was booked';
comment on column series.made_by is 'Who booked it';
comment on column series.made_in is 'The place in line that was served';
comment on column series.changed_at is 'When this version was made';
comment on column series.cancelled_at is 'When it was cancelled';

create table dose (
    id         uuid primary key,
    series_id  uuid not null references series,
    no         smallint not null check (no in (1, 2)),
    slot_id    uuid not null references slot,
    centre     text not null,
    vaccine    text not null,
    day        date not null,
    starts_at  time not null,
    begins_at  timestamptz not null,
    state      text not null default 'booked' check (state in ('booked', 'cancelled', 'checked_in', 'given', 'missed')),
    changed_at timestamptz not null
);
-- The second lock on a slot, and on a series' doses: whatever the program does, the database refuses a double booking.
create unique index dose_slot on dose (slot_id) where state in ('booked', 'checked_in', 'given');
create unique index dose_of_series on dose (series_id, no) where state in ('booked', 'checked_in', 'given');
create index dose_by_series on dose (series_id);
comment on table dose is 'One appointment of a series';
comment on column dose.id is 'Id';
comment on column dose.series_id is 'Its series';
comment on column dose.no is 'First or second';
comment on column dose.slot_id is 'Its slot';
comment on column dose.centre is 'Where';
comment on column dose.vaccine is 'What is foreseen';
comment on column dose.day is 'Local day';
comment on column dose.starts_at is 'Local time';
comment on column dose.begins_at is 'The same as a moment';
comment on column dose.state is 'booked, cancelled, checked_in, given or missed';
comment on column dose.changed_at is 'When the state changed';

create function vaccine_name_on(code text, on_day date) returns text
language sql stable
return (
    select name from vaccine_name where vaccine = code
     order by (valid_from <= on_day) desc, case when valid_from <= on_day then on_day - valid_from else valid_from - on_day end
     limit 1
);
comment on function vaccine_name_on is 'What a vaccine is called on a day: the last name given until then, before the first name the first';
