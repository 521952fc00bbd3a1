-- People and programs that may use the staff interfaces, and their log-ins.

create table user_account (
    id            uuid primary key,
    login         text not null unique check (login = lower(login) and char_length(login) between 1 and 64),
    display_name  text not null check (char_length(display_name) between 1 and 100),
    password_hash text not null,
    role          text not null check (role in ('agent', 'supervisor')),
    phone_user    text,
    created_at    timestamptz not null,
    disabled_at   timestamptz
);
comment on table user_account is 'Agents and supervisors';
comment on column user_account.id is 'Id of the user; an agent is known by it everywhere';
comment on column user_account.login is 'What is typed at log-in, in lower case';
comment on column user_account.display_name is 'What colleagues read';
comment on column user_account.password_hash is 'Argon2id in PHC format, with its own salt and parameters';
comment on column user_account.role is 'What the user may do';
comment on column user_account.phone_user is 'User of the telephone at the provider that rings for this agent';
comment on column user_account.created_at is 'When the account was made';
comment on column user_account.disabled_at is 'From then on the user cannot log in and every session is over';

create table session (
    token_sha256 bytea primary key,
    id           uuid not null unique,
    user_id      uuid not null references user_account (id),
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    seen_at      timestamptz not null,
    ended_at     timestamptz
);
create index session_open_by_user on session (user_id) where ended_at is null;
create index session_by_expiry on session (expires_at);
comment on table session is 'A log-in of a user in one browser';
comment on column session.token_sha256 is 'SHA-256 of the token in the cookie: a copy of this table opens nothing';
comment on column session.id is 'Id for logs and sockets; it opens nothing';
comment on column session.user_id is 'Who logged in';
comment on column session.created_at is 'When';
comment on column session.expires_at is 'Over at this moment, whatever is done';
comment on column session.seen_at is 'When a request or a socket last used it, to about a minute';
comment on column session.ended_at is 'When it was ended by a log-out, a newer log-in of the same browser or an administrator';

create table known_browser (
    token_sha256 bytea primary key,
    user_id      uuid not null references user_account (id),
    seen_at      timestamptz not null
);
create index known_browser_by_user on known_browser (user_id, seen_at);
comment on table known_browser is 'Browsers in which a user has logged in: they keep a log-in rate of their own, so that guessing elsewhere locks nobody out';
comment on column known_browser.token_sha256 is 'SHA-256 of the token in the browser''s cookie';
comment on column known_browser.user_id is 'Who logged in there';
comment on column known_browser.seen_at is 'When last';

create table log_in_brake (
    subject bytea primary key,
    free_at timestamptz not null
);
create index log_in_brake_by_time on log_in_brake (free_at);
comment on table log_in_brake is 'How far log-in attempts have used up their rate; rows in the past mean nothing and are removed';
comment on column log_in_brake.subject is 'SHA-256 of what is slowed down: a login, a login from one address, a known browser, everybody';
comment on column log_in_brake.free_at is 'When the rate would be unused again';

create table api_client (
    id            uuid primary key,
    name          text not null unique check (char_length(name) between 1 and 64),
    kind          text not null check (kind in ('print')),
    secret_sha256 bytea not null unique,
    created_at    timestamptz not null,
    disabled_at   timestamptz
);
comment on table api_client is 'Programs that use our interfaces';
comment on column api_client.id is 'Id of the client';
comment on column api_client.name is 'What operators call it';
comment on column api_client.kind is 'Which interface it may use';
comment on column api_client.secret_sha256 is 'SHA-256 of its secret of 256 random bits, which is shown once';
comment on column api_client.created_at is 'When it was made';
comment on column api_client.disabled_at is 'From then on its secret opens nothing';
