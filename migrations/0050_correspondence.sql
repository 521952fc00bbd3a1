-- Letters and e-mails: what was ordered, how far it came, and who took it away.

create table seal_key (
    number     smallint primary key check (number between 0 and 15),
    secret     bytea not null check (octet_length(secret) = 32),
    created_at timestamptz not null
);
comment on table seal_key is 'The key that seals the codes on letters, made at the first start where the configuration names none';
comment on column seal_key.number is 'The number under which centres know its public half';
comment on column seal_key.secret is 'The Ed25519 secret; never leaves the database and the process';
comment on column seal_key.created_at is 'When it was made';

create table print_batch (
    id               uuid primary key,
    client_id        uuid not null references api_client (id),
    lease_token      uuid not null,
    state            text not null check (state in ('leased', 'accepted', 'lapsed')),
    letters          int not null check (letters > 0),
    sheets           int not null check (sheets > 0),
    bytes            bigint not null check (bytes > 0),
    manifest         bytea not null,
    manifest_sha256  bytea not null check (octet_length(manifest_sha256) = 32),
    leased_at        timestamptz not null,
    lease_expires_at timestamptz not null,
    ended_at         timestamptz,
    check ((state = 'leased') = (ended_at is null))
);
create index print_batch_leased on print_batch (lease_expires_at) where state = 'leased';
comment on table print_batch is 'Letters that a print house took together';
comment on column print_batch.id is 'Id of the batch';
comment on column print_batch.client_id is 'The print house';
comment on column print_batch.lease_token is 'Names this lease: a write with another token, or after the lease, is refused';
comment on column print_batch.state is 'leased; accepted (the house will print); lapsed (the letters went back)';
comment on column print_batch.letters is 'How many letters';
comment on column print_batch.sheets is 'How many sheets of paper';
comment on column print_batch.bytes is 'Size of all files';
comment on column print_batch.manifest is 'The list as it was handed out: the same bytes however often it is read';
comment on column print_batch.manifest_sha256 is 'Its digest, which the acceptance must repeat';
comment on column print_batch.leased_at is 'When it was taken';
comment on column print_batch.lease_expires_at is 'Not accepted by then, it lapses';
comment on column print_batch.ended_at is 'When it was accepted or lapsed';

create table letter (
    id               uuid primary key,
    series_id        uuid not null,
    version          int not null check (version > 0),
    kind             text not null check (kind in ('confirmation', 'cancellation')),
    language         text not null check (language in ('de', 'en')),
    first_day        date not null,
    state            text not null check (state in ('ordered', 'available', 'leased', 'accepted', 'printed', 'mailed',
                                                    'returned', 'held', 'diverted', 'superseded')),
    reason           text,
    ordered_at       timestamptz not null,
    changed_at       timestamptz not null,
    print_by         timestamptz,
    postcode         text,
    sha256           bytea check (octet_length(sha256) = 32),
    bytes            int,
    pages            int,
    template         text,
    template_version int,
    template_hash    bytea,
    batch_id         uuid references print_batch (id),
    attempt          int not null default 0,
    lapses           int not null default 0,
    unique (series_id, version),
    check (state not in ('available', 'leased', 'accepted', 'printed', 'mailed', 'returned') or sha256 is not null),
    check (state not in ('leased', 'accepted', 'printed', 'mailed', 'returned') or batch_id is not null)
);
create index letter_available on letter (print_by, postcode, id) where state = 'available';
create index letter_late on letter (first_day, id) where state = 'available';
create index letter_held on letter (changed_at, id) where state = 'held';
create index letter_of_batch on letter (batch_id) where batch_id is not null;
comment on table letter is 'Letters, one for each version of a booking that wants paper';
comment on column letter.id is 'Id of the letter';
comment on column letter.series_id is 'The appointments it is about';
comment on column letter.version is 'The version of the booking that it says';
comment on column letter.kind is 'confirmation or cancellation';
comment on column letter.language is 'The language of its words';
comment on column letter.first_day is 'The day of the first appointment: a letter that would come later is not printed';
comment on column letter.state is 'ordered, available, leased, accepted, printed, mailed, returned; held for a person; diverted to another channel; superseded';
comment on column letter.reason is 'Why it is held, diverted or superseded: a code, no personal data';
comment on column letter.ordered_at is 'Time of the booking''s transaction';
comment on column letter.changed_at is 'When its state changed last';
comment on column letter.print_by is 'The next cut-off of the print house when it became available';
comment on column letter.postcode is 'Postcode, for sorting by the print house';
comment on column letter.sha256 is 'Digest of the file: the same in manifest, ETag, audit and reprint';
comment on column letter.bytes is 'Size of the file';
comment on column letter.pages is 'Pages of the file';
comment on column letter.template is 'Name of the wording';
comment on column letter.template_version is 'Number of the wording';
comment on column letter.template_hash is 'Digest of everything that shaped the page besides its content';
comment on column letter.batch_id is 'The batch it was taken in last';
comment on column letter.attempt is 'How often it was taken by a print house';
comment on column letter.lapses is 'How often it came back without an acknowledgement';

create table letter_file (
    letter_id uuid primary key references letter (id) on delete cascade,
    pdf       bytea not null
);
comment on table letter_file is 'The files of letters, apart from their rows and deleted sooner';
comment on column letter_file.letter_id is 'The letter';
comment on column letter_file.pdf is 'The PDF; personal data';

create table print_batch_letter (
    batch_id  uuid not null references print_batch (id),
    sequence  int not null check (sequence > 0),
    letter_id uuid not null references letter (id),
    outcome   text check (outcome in ('accepted', 'refused', 'withdrawn', 'lapsed')),
    primary key (batch_id, sequence),
    unique (batch_id, letter_id)
);
create index print_batch_letter_of on print_batch_letter (letter_id);
comment on table print_batch_letter is 'What was in a batch, and what became of it there';
comment on column print_batch_letter.batch_id is 'The batch';
comment on column print_batch_letter.sequence is 'Place in the batch, from one';
comment on column print_batch_letter.letter_id is 'The letter';
comment on column print_batch_letter.outcome is 'accepted; refused by the house; withdrawn by us before it was accepted; lapsed';

create table print_event (
    client_id   uuid not null references api_client (id),
    event_id    text not null check (char_length(event_id) between 1 and 100),
    letter_id   uuid not null references letter (id),
    state       text not null,
    at          timestamptz not null,
    received_at timestamptz not null,
    reason      text,
    primary key (client_id, event_id)
);
create index print_event_of on print_event (letter_id);
comment on table print_event is 'What print houses told us of letters and what they fetched: append-only';
comment on column print_event.client_id is 'The print house';
comment on column print_event.event_id is 'Chosen by the house: the same event counts once';
comment on column print_event.letter_id is 'The letter';
comment on column print_event.state is 'downloaded, printed, mailed, rejected, returned';
comment on column print_event.at is 'When it happened, by the house''s clock';
comment on column print_event.received_at is 'When we were told';
comment on column print_event.reason is 'The house''s code for a rejection or return';

create table email (
    id         uuid primary key,
    series_id  uuid not null,
    version    int not null check (version > 0),
    kind       text not null check (kind in ('confirmation', 'cancellation')),
    language   text not null check (language in ('de', 'en')),
    first_day  date not null,
    asked_for  boolean not null,
    state      text not null check (state in ('ordered', 'sent', 'failed', 'in_doubt', 'superseded')),
    reason     text,
    ordered_at timestamptz not null,
    changed_at timestamptz not null,
    deferrals  int not null default 0,
    in_doubt   int not null default 0,
    smtp_code  int,
    template         text,
    template_version int,
    unique (series_id, version)
);
comment on table email is 'E-mails, one for each version of a booking that wants one; the address stays with the person';
comment on column email.id is 'Id of the mail; its Message-ID is made of it';
comment on column email.series_id is 'The appointments it is about';
comment on column email.version is 'The version of the booking that it says';
comment on column email.kind is 'confirmation or cancellation';
comment on column email.language is 'The language of its words';
comment on column email.first_day is 'The day of the first appointment: nothing is sent after it';
comment on column email.asked_for is 'Whether the person asked for it, and so for the attached letter; else it stands in for a letter that comes too late';
comment on column email.state is 'ordered, sent; failed for good; in_doubt (twice handed over without an answer); superseded';
comment on column email.reason is 'Why it failed or was superseded: a code, no personal data';
comment on column email.ordered_at is 'Time of the booking''s transaction; also the Date of the mail';
comment on column email.changed_at is 'When its state changed last';
comment on column email.deferrals is 'How often the server put this mail off';
comment on column email.in_doubt is 'How often it was handed over without a known outcome';
comment on column email.smtp_code is 'The server''s last answer to this mail: the code alone';
comment on column email.template is 'Name of the wording';
comment on column email.template_version is 'Number of the wording';
