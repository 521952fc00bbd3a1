//! Robots that work at the console as people do.
