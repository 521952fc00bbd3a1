//! Importing vaccines and centres.

use crate::support::World;
use vaxline::foundation::fault::Refusal;
use vaxline::in_tx;
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::{Imported, SupplyError, import};
use vaxline::supply::store;

async fn import_into(world: &World, catalogue: &Catalogue) -> Result<Imported, SupplyError> {
    in_tx!(world.staff(), "import centres", |tx| import(tx, catalogue))
}

#[tokio::test]
async fn importing_the_same_catalogue_again_changes_nothing() {
    let world = World::new().await;
    let saxony = Catalogue::saxony().unwrap();
    assert_eq!(import_into(&world, &saxony).await.unwrap(), Imported { vaccines: 4, centres: 13 });
    assert_eq!(import_into(&world, &saxony).await.unwrap(), Imported::default());

    let mut conn = world.staff().pool().acquire().await.unwrap();
    let mut centres = store::centres(&mut conn).await.unwrap();
    centres.sort_by_key(|centre| saxony.centres.iter().position(|known| known.code == centre.code));
    assert_eq!(centres, saxony.centres);
    let vaccines = store::vaccines(&mut conn).await.unwrap();
    assert!(saxony.vaccines.iter().all(|vaccine| vaccines.contains(vaccine)));
}

#[tokio::test]
async fn a_changed_centre_is_brought_up_to_date() {
    let world = World::new().await;
    let mut saxony = Catalogue::saxony().unwrap();
    import_into(&world, &saxony).await.unwrap();
    saxony.centres[0].lanes += 1;
    saxony.vaccines[0].names[0].1 = "Comirnaty".to_owned();
    assert_eq!(import_into(&world, &saxony).await.unwrap(), Imported { vaccines: 1, centres: 1 });
}

#[tokio::test]
async fn a_code_never_changes_its_meaning() {
    let world = World::new().await;
    let mut saxony = Catalogue::saxony().unwrap();
    import_into(&world, &saxony).await.unwrap();
    saxony.vaccines[0].doses = 1;
    assert_eq!(import_into(&world, &saxony).await.unwrap_err().code(), "vaccine_code_taken");
}
