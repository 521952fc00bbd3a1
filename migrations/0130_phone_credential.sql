-- With what agents' phones register at the provider, which asks us whether it is right.

create table phone_credential (
    user_id uuid primary key references user_account (id),
    realm   text not null,
    ha1     text not null check (ha1 ~ '^[0-9a-f]{32}$'),
    set_at  timestamptz not null
);
comment on table phone_credential is 'Passwords of agents'' phones, as far as SIP lets them be hidden';
comment on column phone_credential.user_id is 'Whose phone';
comment on column phone_credential.realm is 'For which SIP realm: the hash holds in no other';
comment on column phone_credential.ha1 is 'MD5 of user, realm and password, as RFC 7616 has it. Whoever has it can register the phone: a secret';
comment on column phone_credential.set_at is 'Since when';
