//! Makes the database that every measurement starts from a copy of, at the path on the command line.

use std::error::Error;

use rusqlite::Connection;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("expected one argument: the path of the new database")?;
    Connection::open(path)?.execute_batch(bench_harness::GENERATE)?;
    Ok(())
}
