//! Who runs the server: PostgreSQL refuses to run as root.

use crate::foundation::fault::Fault;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

/// The account that runs the server.
#[derive(Clone, Debug)]
pub(super) enum Account {
    /// This one.
    Ours,
    /// Another one, because PostgreSQL refuses to run as root.
    Other { name: String, uid: u32, gid: u32 },
}

/// Who runs the server in a folder: this account, or, for root, the folder's owner or an account that it is handed to.
pub(super) fn account_for(folder: &Path) -> Result<Account, Fault> {
    let own = fs::metadata("/proc/self").map_err(|error| Fault::new("find out who runs this", error))?.uid();
    let owner = fs::metadata(folder).map_err(|error| Fault::new("look at the database folder", error))?.uid();
    if own != 0 {
        return if owner == own {
            Ok(Account::Ours)
        } else {
            Err(Fault::plain(format!("the database folder {} belongs to another user", folder.display())))
        };
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(|error| Fault::new("read /etc/passwd", error))?;
    let account = |wanted: &dyn Fn(&str, u32) -> bool| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            wanted(name, uid).then(|| Account::Other { name: name.to_owned(), uid, gid })
        })
    };
    // A folder that already has an owner is started as that owner.
    let chosen = if owner == 0 {
        account(&|name, _| name == "postgres").or_else(|| account(&|name, _| name == "nobody"))
    } else {
        account(&|_, uid| uid == owner)
    };
    let Some(Account::Other { name, uid, gid }) = chosen else {
        return Err(Fault::plain(
            "PostgreSQL does not run as root, and there is no other account (postgres or nobody) to run it as",
        ));
    };
    for ancestor in folder.ancestors().skip(1) {
        let mode = fs::metadata(ancestor).map(|data| data.permissions().mode()).unwrap_or(0);
        if mode & 0o001 == 0 {
            return Err(Fault::plain(format!(
                "the database folder {} cannot be reached by the account {name}, because {} is private: choose another folder",
                folder.display(),
                ancestor.display()
            )));
        }
    }
    if owner == 0 {
        hand_over(folder, &name, uid, gid)?;
    }
    Ok(Account::Other { name, uid, gid })
}

/// Hands the folder to the account. What else is in it would be handed over as well: only a folder of ours is.
fn hand_over(folder: &Path, name: &str, uid: u32, gid: u32) -> Result<(), Fault> {
    let mut things = fs::read_dir(folder).map_err(|error| Fault::new("look into the database folder", error))?;
    if things.next().is_some() && !folder.join("data").is_dir() {
        return Err(Fault::plain(format!(
            "the database folder {} holds other things: choose an empty one",
            folder.display()
        )));
    }
    chown(folder, Some(uid), Some(gid)).map_err(|error| {
        if error.kind() == io::ErrorKind::PermissionDenied {
            Fault::plain(format!("this root may not hand files to the account {name}: run as an ordinary user"))
        } else {
            Fault::new(format!("hand the database folder to the account {name}"), error)
        }
    })
}
