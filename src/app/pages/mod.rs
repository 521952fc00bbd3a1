//! The pages of agents and supervisors, built by `web/` and carried inside the program.
//!
//! **In:** requests for `/`, `/console`, `/supervision` and their assets. **Out:** files, and nothing that depends on who
//! asks: what a page may show it gets from its socket.
//!
//! **Must always hold:** a file whose name carries its hash never changes, every other is asked for again; no page runs
//! a script or a style that it does not carry as a file of its own; no page is framed by anybody.

mod embedded;
mod http;
#[cfg(test)]
mod protocol;

pub use http::routes;

/// Whether the pages were built with this program; otherwise it carries a line that says how.
#[must_use]
pub fn are_built() -> bool {
    // Only the built page loads a script.
    embedded::page("console.html", false).is_some_and(|page| page.body.windows(7).any(|part| part == b"<script"))
}
