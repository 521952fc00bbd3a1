//! All SQL of accounts, sessions, the brake and API clients.

use super::model::{Login, Role, Session, User};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{ClientId, SessionId, UserId};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Reads what the database's own checks guarantee; a value that fails them is a fault.
fn user(id: Uuid, login: &str, name: String, role: &str, phone: Option<String>) -> Result<User, Fault> {
    let unreadable = |what: &str| Fault::plain(format!("read the {what} of user {id}"));
    Ok(User {
        id: UserId(id),
        login: login.parse().map_err(|_| unreadable("login"))?,
        display_name: name,
        role: role.parse().map_err(|_| unreadable("role"))?,
        phone_user: phone,
    })
}

/// Adds a user; false when the login exists.
pub(super) async fn insert_user(
    conn: &mut PgConnection,
    user: &User,
    password_hash: &str,
    now: OffsetDateTime,
) -> Result<bool, Fault> {
    let inserted = sqlx::query!(
        r#"
        -- accounts: add a user
        insert into user_account (id, login, display_name, password_hash, role, phone_user, created_at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (login) do nothing
        "#,
        user.id.0,
        user.login.as_str(),
        user.display_name,
        password_hash,
        user.role.name(),
        user.phone_user,
        now
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// A user as an administrator sees it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The user.
    pub user: User,
    /// Since when the user cannot log in.
    pub disabled_at: Option<OffsetDateTime>,
}

/// Every user, by login.
///
/// # Errors
/// When the database is away.
pub async fn users(conn: &mut PgConnection) -> Result<Vec<Listed>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- accounts: list the users
        select id, login, display_name, role, phone_user, disabled_at from user_account order by login
        "#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Listed {
                user: user(row.id, &row.login, row.display_name, &row.role, row.phone_user)?,
                disabled_at: row.disabled_at,
            })
        })
        .collect()
}

/// Which of these logins exist.
pub(super) async fn taken(conn: &mut PgConnection, logins: &[String]) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar!("select login from user_account where login = any($1) -- accounts: taken logins", logins)
        .fetch_all(conn)
        .await?)
}

/// Changes the role of a user, or locks the user out and in again; the user's id when there is one.
pub(super) async fn change_user(
    conn: &mut PgConnection,
    login: &Login,
    role: Option<Role>,
    disabled: Option<bool>,
    now: OffsetDateTime,
) -> Result<Option<UserId>, Fault> {
    let id = sqlx::query_scalar!(
        r#"
        -- accounts: change a user's role or access
        update user_account
           set role = coalesce($2, role),
               disabled_at = case when $3::boolean is null then disabled_at
                                  when $3 then coalesce(disabled_at, $4) end
         where login = $1
        returning id
        "#,
        login.as_str(),
        role.map(Role::name),
        disabled,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(UserId))
}

/// Sets the hash of a user's password; the user's id when there is one.
pub(super) async fn set_password(
    conn: &mut PgConnection,
    login: &Login,
    password_hash: &str,
) -> Result<Option<UserId>, Fault> {
    let id = sqlx::query_scalar!(
        "update user_account set password_hash = $2 where login = $1 returning id -- accounts: set a password",
        login.as_str(),
        password_hash
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(UserId))
}

/// Ends every session of a user.
pub(super) async fn end_sessions(conn: &mut PgConnection, id: UserId, now: OffsetDateTime) -> Result<(), Fault> {
    sqlx::query!(
        "update session set ended_at = $2 where user_id = $1 and ended_at is null -- accounts: end a user's sessions",
        id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The stored hash of a user who may log in.
pub(super) async fn credentials(conn: &mut PgConnection, login: &Login) -> Result<Option<(UserId, String)>, Fault> {
    let row = sqlx::query!(
        r#"
        -- accounts: what a password is compared with
        select id, password_hash from user_account where login = $1 and disabled_at is null
        "#,
        login.as_str()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (UserId(row.id), row.password_hash)))
}

/// The telephone that rings for an agent.
///
/// # Errors
/// When the database is away.
pub async fn phone_user(conn: &mut PgConnection, id: UserId) -> Result<Option<String>, Fault> {
    let phone =
        sqlx::query_scalar!("select phone_user from user_account where id = $1 -- accounts: an agent's phone", id.0)
            .fetch_optional(conn)
            .await?;
    Ok(phone.flatten())
}

/// What is kept of the passwords of phones with this name, whose users may log in. Several users may share a phone.
///
/// # Errors
/// When the database is away.
pub async fn phone_secrets(conn: &mut PgConnection, phone_user: &str, realm: &str) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"
        -- accounts: with what a phone may register
        select ha1 from phone_credential join user_account on user_account.id = user_id
         where phone_user = $1 and realm = $2 and disabled_at is null
        "#,
        phone_user,
        realm
    )
    .fetch_all(conn)
    .await?)
}

/// Users with a phone: those named, or all whose phone has no password for the realm yet. Their ids, logins and phones.
pub(super) async fn phones(
    conn: &mut PgConnection,
    realm: &str,
    logins: &[String],
) -> Result<Vec<(UserId, String, String)>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- accounts: whose phone gets a password
        select id, login, phone_user as "phone_user!" from user_account
         where phone_user is not null and disabled_at is null
           and (login = any($2)
                or (cardinality($2::text[]) = 0
                    and not exists (select from phone_credential where user_id = id and realm = $1)))
         order by login
        "#,
        realm,
        logins
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.login, row.phone_user)).collect())
}

/// Writes with what a user's phone registers from now on.
pub(super) async fn set_phone_secret(
    conn: &mut PgConnection,
    user: UserId,
    realm: &str,
    ha1: &str,
    now: OffsetDateTime,
) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- accounts: with what a phone registers
        insert into phone_credential (user_id, realm, ha1, set_at) values ($1, $2, $3, $4)
        on conflict (user_id) do update set realm = $2, ha1 = $3, set_at = $4
        "#,
        user.0,
        realm,
        ha1,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What an agent's colleagues read.
///
/// # Errors
/// When the database is away.
pub async fn display_name(conn: &mut PgConnection, id: UserId) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar!("select display_name from user_account where id = $1 -- accounts: a user's name", id.0)
        .fetch_optional(conn)
        .await?)
}

/// What colleagues read, of several users.
///
/// # Errors
/// When the database is away.
pub async fn display_names(conn: &mut PgConnection, ids: &[UserId]) -> Result<BTreeMap<UserId, String>, Fault> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows =
        sqlx::query!("select id, display_name from user_account where id = any($1) -- accounts: users' names", &ids)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.display_name)).collect())
}

/// Locks the row of what is slowed down, and reads how far its rate is used up.
pub(super) async fn lock_brake(
    conn: &mut PgConnection,
    subject: &[u8; 32],
    now: OffsetDateTime,
) -> Result<OffsetDateTime, Fault> {
    Ok(sqlx::query_scalar!(
        r#"
        -- accounts: lock a rate of log-ins
        insert into log_in_brake as brake (subject, free_at) values ($1, $2)
        on conflict (subject) do update set free_at = brake.free_at
        returning free_at
        "#,
        &subject[..],
        now
    )
    .fetch_one(conn)
    .await?)
}

/// Sets how far a rate is used up.
pub(super) async fn set_brake(
    conn: &mut PgConnection,
    subject: &[u8; 32],
    free_at: OffsetDateTime,
) -> Result<(), Fault> {
    sqlx::query!(
        "update log_in_brake set free_at = $2 where subject = $1 -- accounts: charge a rate of log-ins",
        &subject[..],
        free_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a user with this login has logged in in this browser before.
pub(super) async fn knows_browser(conn: &mut PgConnection, browser: &[u8; 32], login: &Login) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar!(
        r#"
        -- accounts: is this browser known?
        select exists (select 1 from known_browser join user_account on user_account.id = known_browser.user_id
                        where token_sha256 = $1 and login = $2) as "known!"
        "#,
        &browser[..],
        login.as_str()
    )
    .fetch_one(conn)
    .await?)
}

/// Remembers a browser of a user, and forgets all but the ten that were used last.
pub(super) async fn remember_browser(
    conn: &mut PgConnection,
    browser: &[u8; 32],
    id: UserId,
    now: OffsetDateTime,
) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- accounts: remember a browser
        insert into known_browser (token_sha256, user_id, seen_at) values ($1, $2, $3)
        on conflict (token_sha256) do update set user_id = $2, seen_at = $3
        "#,
        &browser[..],
        id.0,
        now
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        r#"
        -- accounts: forget the browsers that a user has left behind
        delete from known_browser
         where user_id = $1 and token_sha256 in
               (select token_sha256 from known_browser where user_id = $1 order by seen_at desc offset 10)
        "#,
        id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens a session; false when the user may not log in any more.
pub(super) async fn insert_session(
    conn: &mut PgConnection,
    token: &[u8; 32],
    id: SessionId,
    user: UserId,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Result<bool, Fault> {
    let opened = sqlx::query!(
        r#"
        -- accounts: open a session
        insert into session (token_sha256, id, user_id, created_at, expires_at, seen_at)
        select $1, $2, id, $4, $5, $4 from user_account where id = $3 and disabled_at is null
        "#,
        &token[..],
        id.0,
        user.0,
        now,
        expires_at
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(opened == 1)
}

/// The valid session of a token.
pub(super) async fn session(
    conn: &mut PgConnection,
    token: &[u8; 32],
    now: OffsetDateTime,
) -> Result<Option<Session>, Fault> {
    let row = sqlx::query!(
        r#"
        -- accounts: the session of a token
        select session.id, user_id, expires_at, login, display_name, role, phone_user
          from session join user_account on user_account.id = session.user_id
         where token_sha256 = $1 and ended_at is null and expires_at > $2 and disabled_at is null
        "#,
        &token[..],
        now
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Session {
            id: SessionId(row.id),
            user: user(row.user_id, &row.login, row.display_name, &row.role, row.phone_user)?,
            expires_at: row.expires_at,
        })
    })
    .transpose()
}

/// Ends the session of a token; what was ended.
pub(super) async fn end_session(
    conn: &mut PgConnection,
    token: &[u8; 32],
    now: OffsetDateTime,
) -> Result<Option<(SessionId, UserId)>, Fault> {
    let row = sqlx::query!(
        r#"
        -- accounts: end a session
        update session set ended_at = $2 where token_sha256 = $1 and ended_at is null returning id, user_id
        "#,
        &token[..],
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (SessionId(row.id), UserId(row.user_id))))
}

/// Which of these sessions are valid, and with which role; notes that they are in use, to about a minute.
pub(super) async fn still_valid(
    conn: &mut PgConnection,
    sessions: &[Uuid],
    now: OffsetDateTime,
) -> Result<Vec<(SessionId, Role)>, Fault> {
    sqlx::query!(
        r#"
        -- accounts: note that sessions are in use
        update session set seen_at = $2 where id = any($1) and ended_at is null and seen_at < $2::timestamptz - interval '1 minute'
        "#,
        sessions,
        now
    )
    .execute(&mut *conn)
    .await?;
    let rows = sqlx::query!(
        r#"
        -- accounts: which of these sessions are valid
        select session.id, role from session join user_account on user_account.id = session.user_id
         where session.id = any($1) and ended_at is null and expires_at > $2 and disabled_at is null
        "#,
        sessions,
        now
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let role = row.role.parse().map_err(|_| Fault::plain(format!("read the role of session {}", row.id)))?;
            Ok((SessionId(row.id), role))
        })
        .collect()
}

/// Removes sessions that were over a month ago, browsers unused for a year, and rates that are unused.
pub(super) async fn forget_old(conn: &mut PgConnection, now: OffsetDateTime) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- accounts: forget what is long over
        with sessions as (delete from session where expires_at < $1::timestamptz - interval '30 days'),
             browsers as (delete from known_browser where seen_at < $1::timestamptz - interval '1 year')
        delete from log_in_brake where free_at < $1
        "#,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds an API client; false when the name is taken.
pub(super) async fn insert_client(
    conn: &mut PgConnection,
    id: ClientId,
    name: &str,
    kind: &str,
    secret: &[u8; 32],
    now: OffsetDateTime,
) -> Result<bool, Fault> {
    let inserted = sqlx::query!(
        r#"
        -- accounts: add a client
        insert into api_client (id, name, kind, secret_sha256, created_at) values ($1, $2, $3, $4, $5)
        on conflict (name) do nothing
        "#,
        id.0,
        name,
        kind,
        &secret[..],
        now
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// The clients of one interface with the hashes of their secrets. There are a handful.
pub(super) async fn clients(conn: &mut PgConnection, kind: &str) -> Result<Vec<(ClientId, Vec<u8>)>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- accounts: the clients of an interface
        select id, secret_sha256 from api_client where kind = $1 and disabled_at is null order by id
        "#,
        kind
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (ClientId(row.id), row.secret_sha256)).collect())
}

/// An API client as an administrator sees it.
#[derive(Clone, Debug)]
pub struct ListedClient {
    /// What operators call it.
    pub name: String,
    /// Which interface it may use.
    pub kind: String,
    /// Since when its secret opens nothing.
    pub disabled_at: Option<OffsetDateTime>,
}

/// Every API client, by name.
pub(super) async fn all_clients(conn: &mut PgConnection) -> Result<Vec<ListedClient>, Fault> {
    Ok(sqlx::query_as!(
        ListedClient,
        r#"
        -- accounts: list the clients
        select name, kind, disabled_at from api_client order by name
        "#
    )
    .fetch_all(conn)
    .await?)
}

/// Takes access from a client; false when there is none of that name.
pub(super) async fn disable_client(conn: &mut PgConnection, name: &str, now: OffsetDateTime) -> Result<bool, Fault> {
    let disabled = sqlx::query!(
        r#"
        -- accounts: disable a client
        update api_client set disabled_at = coalesce(disabled_at, $2) where name = $1
        "#,
        name,
        now
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(disabled == 1)
}
