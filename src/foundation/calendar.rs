//! The calendar of Europe/Berlin and Saxony.
