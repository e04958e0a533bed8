//! Non-blocking SQLite for async services.
