//! How a line ends, and what its page is told.

/// Why a socket is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Another window has taken over.
    Superseded,
    /// The session is over.
    LoggedOut,
    /// The page does not read.
    TooSlow,
    /// The page sends more than it may.
    TooMuch,
    /// A message is longer than it may be.
    TooLong,
    /// A message is not one of the protocol.
    NotUnderstood,
    /// The page does not answer pings.
    Dead,
    /// The page has gone.
    Gone,
    /// This process stops.
    Stopping,
    /// The desk could not be opened.
    Unavailable,
}

impl End {
    /// The close code; none when there is nobody to tell.
    #[must_use]
    pub const fn close_code(self) -> Option<u16> {
        match self {
            Self::Superseded => Some(4001),
            Self::LoggedOut => Some(4003),
            Self::TooSlow | Self::TooMuch => Some(4008),
            Self::TooLong => Some(1009),
            Self::NotUnderstood => Some(1007),
            Self::Dead | Self::Gone => None,
            Self::Stopping => Some(1012),
            Self::Unavailable => Some(1013),
        }
    }

    /// The name in metrics, in logs and in the close frame.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::LoggedOut => "logged_out",
            Self::TooSlow => "too_slow",
            Self::TooMuch => "too_much",
            Self::TooLong => "too_long",
            Self::NotUnderstood => "not_understood",
            Self::Dead => "dead",
            Self::Gone => "gone",
            Self::Stopping => "stopping",
            Self::Unavailable => "unavailable",
        }
    }
}
