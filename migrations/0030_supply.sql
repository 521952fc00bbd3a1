-- What can be given where: vaccines with their dated names, and the centres.

create table vaccine (
    code  text primary key check (code ~ '^[a-z0-9-]{2,32}$'),
    kind  text not null check (kind in ('mrna', 'vector')),
    doses smallint not null check (doses in (1, 2))
);
comment on table vaccine is 'Vaccines by a code that stays when the brand is renamed';
comment on column vaccine.code is 'Stable code';
comment on column vaccine.kind is 'Type: decides which leaflet belongs to it';
comment on column vaccine.doses is 'Doses of a complete series';

create table vaccine_name (
    vaccine    text not null references vaccine,
    valid_from date not null,
    name       text not null,
    primary key (vaccine, valid_from)
);
comment on table vaccine_name is 'What a vaccine is called, from a date on';
comment on column vaccine_name.vaccine is 'The vaccine';
comment on column vaccine_name.valid_from is 'First day of this name';
comment on column vaccine_name.name is 'The name that people read';

create table centre (
    code            text primary key check (code ~ '^[a-z0-9-]{2,32}$'),
    name            text not null,
    street          text not null,
    postcode        text not null check (postcode ~ '^[0-9]{5}$'),
    town            text not null,
    district        text not null check (district ~ '^[0-9]{5}$'),
    address_is_demo boolean not null,
    lanes           smallint not null check (lanes between 1 and 20),
    opens_on        date not null,
    closes_on       date,
    weekday_opens   time not null,
    weekday_closes  time not null,
    weekend_opens   time not null,
    weekend_closes  time not null,
    check (closes_on is null or closes_on >= opens_on),
    check (weekday_opens < weekday_closes and weekend_opens < weekend_closes)
);
comment on table centre is 'Vaccination centres; the list grows at run time';
comment on column centre.code is 'Stable code';
comment on column centre.name is 'Name that people read';
comment on column centre.street is 'Street and house number, or site';
comment on column centre.postcode is 'Five digits, with leading zero';
comment on column centre.town is 'Town';
comment on column centre.district is 'Official district key';
comment on column centre.address_is_demo is 'The address was made up for demonstrations; never print it for real people';
comment on column centre.lanes is 'Lanes that can be staffed: bounds what is released';
comment on column centre.opens_on is 'First day';
comment on column centre.closes_on is 'Last day; no appointment lies after it';
comment on column centre.weekday_opens is 'Monday to Friday from, local time';
comment on column centre.weekday_closes is 'Monday to Friday until, local time';
comment on column centre.weekend_opens is 'Weekends and holidays from, local time';
comment on column centre.weekend_closes is 'Weekends and holidays until, local time';
