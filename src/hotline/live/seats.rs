//! How many sockets there may be, for each user and altogether.

use crate::foundation::ids::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The seats of this process.
#[derive(Clone, Debug)]
pub struct Seats {
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
    per_user: usize,
    altogether: usize,
}

/// A seat that is taken; it is free again when this is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    user: UserId,
}

impl Seats {
    /// So many for each user, and so many altogether.
    #[must_use]
    pub fn new(per_user: usize, altogether: usize) -> Self {
        Self { taken: Arc::default(), per_user, altogether }
    }

    /// Takes a seat for a user, if there is one.
    #[must_use]
    pub fn take(&self, user: UserId) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(&user).copied().unwrap_or(0);
        if own >= self.per_user || taken.values().sum::<usize>() >= self.altogether {
            return None;
        }
        taken.insert(user, own + 1);
        Some(Seat { seats: self.clone(), user })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let left = taken.get_mut(&self.user).map_or(0, |own| {
            *own -= 1;
            *own
        });
        if left == 0 {
            taken.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_seat_is_free_again_when_its_socket_is_gone() {
        let (seats, user) = (Seats::new(2, 3), |number| UserId(Uuid::from_u128(number)));
        let own: Vec<_> = (0..3).map(|_| seats.take(user(1))).collect();
        assert_eq!(own.iter().flatten().count(), 2, "two for each user");
        let other = seats.take(user(2));
        assert!(other.is_some() && seats.take(user(3)).is_none(), "three altogether");
        drop(own);
        assert!(seats.take(user(1)).is_some());
    }
}
