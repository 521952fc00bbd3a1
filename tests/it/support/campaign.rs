//! Saxony in a test's database: centres, vaccines, released slots, people and desks.

use super::World;
use time::{Date, OffsetDateTime};
use vaxline::foundation::ids::UserId;
use vaxline::in_tx;
use vaxline::scheduling::Campaign;
use vaxline::scheduling::capacity::{Release, ReleaseError, Summary, release_days};
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::{Imported, SupplyError, import};

/// A world with Saxony's centres at a moment of its campaign.
pub struct Saxony {
    pub world: World,
    pub campaign: Campaign,
}

impl Saxony {
    /// Saxony at a moment.
    pub async fn at(moment: OffsetDateTime) -> Self {
        Self::with_connections(moment, 4).await
    }

    /// Saxony at a moment, for many at once.
    pub async fn with_connections(moment: OffsetDateTime, staff: u32) -> Self {
        let world = World::with_connections(staff).await;
        world.travel_to(moment);
        let catalogue = Catalogue::saxony().unwrap();
        let imported: Result<Imported, SupplyError> = in_tx!(world.staff(), "import", |tx| import(tx, &catalogue));
        imported.unwrap();
        Self { world, campaign: Campaign::shipped().unwrap() }
    }

    /// Releases slots.
    pub async fn release(&self, release: &Release) -> Result<Summary, ReleaseError> {
        release_days(self.world.work(), &self.campaign, release).await
    }

    /// A user who may hold reservations.
    pub async fn user(&self) -> UserId {
        let id = UserId(uuid::Builder::from_random_bytes(rand::random()).into_uuid());
        sqlx::query(
            "insert into user_account (id, login, display_name, password_hash, role, created_at)
             values ($1, $2, 'Nr. 1', 'x', 'agent', now())",
        )
        .bind(id.0)
        .bind(id.0.to_string())
        .execute(self.world.staff().pool())
        .await
        .unwrap();
        id
    }

    /// One number of one query.
    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.world.staff().pool()).await.unwrap()
    }
}

/// A release of Comirnaty at Riesa.
pub fn riesa(name: &str, first_day: Date, last_day: Date, per_bucket: u8) -> Release {
    Release {
        name: name.to_owned(),
        centre: "riesa".into(),
        vaccine: "bnt162b2".into(),
        first_day,
        last_day,
        per_bucket,
        opens_at: None,
    }
}
