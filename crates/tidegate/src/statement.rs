//! Prepared statements kept by a connection's thread, with the facts learnt when they were compiled.

use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::{Connection, PrepFlags, Statement};

use crate::authorizer::{Facts, Ledger, first_token};
use crate::error::{Error, Result};
use crate::ffi;
use crate::sync::Arc;

/// A statement with what the driver must know before it runs it.
pub(crate) struct Prepared<'c> {
    pub(crate) sql: Rc<str>,
    pub(crate) statement: Statement<'c>,
    pub(crate) facts: Arc<Facts>,
    used: u64,
}

/// How often the cache had what was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CacheCounts {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
}

/// Entries of the table that finds a statement by the address of its text. A power of two.
const ADDRESSES: usize = 256;

/// The least recently used statement makes room. A text seen before at the same address is found without
/// hashing it: its bytes are compared, so that a reused address does no harm.
pub(crate) struct StatementCache<'c> {
    connection: &'c Connection,
    ledger: Ledger,
    slots: Vec<Option<Prepared<'c>>>,
    by_text: HashMap<Rc<str>, usize>,
    by_address: Vec<usize>,
    capacity: usize,
    clock: u64,
    pub(crate) counts: CacheCounts,
}

impl<'c> StatementCache<'c> {
    pub(crate) fn new(connection: &'c Connection, ledger: Ledger, capacity: usize) -> Self {
        Self {
            connection,
            ledger,
            slots: Vec::new(),
            by_text: HashMap::new(),
            by_address: vec![usize::MAX; ADDRESSES],
            capacity: capacity.max(1),
            clock: 0,
            counts: CacheCounts::default(),
        }
    }

    /// Where the statement for a text of exactly one statement is kept, until the next call of this.
    pub(crate) fn locate(&mut self, sql: &str) -> Result<usize> {
        self.clock += 1;
        let address = address_slot(sql);
        let index = match self.find(sql, address) {
            Some(index) => {
                self.counts.hits += 1;
                index
            }
            None => {
                self.counts.misses += 1;
                self.insert(sql)?
            }
        };
        self.by_address[address] = index;
        let clock = self.clock;
        self.at(index).used = clock;
        Ok(index)
    }

    /// The statement that [`locate`](Self::locate) has found.
    pub(crate) fn at(&mut self, index: usize) -> &mut Prepared<'c> {
        self.slots[index]
            .as_mut()
            .expect("invariant: a located slot is filled")
    }

    /// The kept copy of a text; never compiles, which would fail for a `CREATE` that has just run.
    pub(crate) fn text(&self, sql: &str) -> Rc<str> {
        let kept = self.find(sql, address_slot(sql));
        match kept.and_then(|index| self.slots[index].as_ref()) {
            Some(prepared) => prepared.sql.clone(),
            None => sql.into(),
        }
    }

    /// Finalises one statement.
    pub(crate) fn remove(&mut self, sql: &str) {
        if let Some(index) = self.by_text.remove(sql) {
            self.slots[index] = None;
        }
    }

    /// Finalises every statement; the next use compiles anew.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.by_text.clear();
        self.by_address.fill(usize::MAX);
    }

    fn find(&self, sql: &str, address: usize) -> Option<usize> {
        let near = self.by_address[address];
        let same = |prepared: &Prepared<'c>| &*prepared.sql == sql;
        match self.slots.get(near) {
            Some(Some(prepared)) if same(prepared) => Some(near),
            _ => self.by_text.get(sql).copied(),
        }
    }

    fn insert(&mut self, sql: &str) -> Result<usize> {
        let prepared = self.prepare(sql)?;
        let index = self.vacate();
        self.by_text.insert(prepared.sql.clone(), index);
        self.slots[index] = Some(prepared);
        Ok(index)
    }

    fn prepare(&self, sql: &str) -> Result<Prepared<'c>> {
        refuse_nul(sql)?;
        self.ledger.begin();
        let compiled = self
            .connection
            .prepare_with_flags(sql, PrepFlags::SQLITE_PREPARE_PERSISTENT);
        let facts = self.ledger.finish();
        if let Some(refusal) = facts.refusal {
            return Err(Error::misuse(refusal));
        }
        let statement = compiled.map_err(|error| self.explain(error, sql))?;
        let facts = facts.complete(&statement, sql);
        Ok(Prepared {
            sql: sql.into(),
            statement,
            facts: Arc::new(facts),
            used: self.clock,
        })
    }

    /// Two statements are refused as such, even where the second would not compile before the first has run.
    fn explain(&self, error: rusqlite::Error, sql: &str) -> Error {
        let rest = &sql[ffi::statement_length(self.connection, sql)..];
        match first_token(rest).is_empty() {
            true => Error::from_sqlite(error, Some(sql)),
            false => Error::from_sqlite(rusqlite::Error::MultipleStatement, Some(sql)),
        }
    }

    /// An empty slot: a new one below the capacity, else that of the least recently used statement.
    fn vacate(&mut self) -> usize {
        if self.slots.len() < self.capacity {
            self.slots.push(None);
            return self.slots.len() - 1;
        }
        let age = |slot: &Option<Prepared<'c>>| slot.as_ref().map_or(0, |prepared| prepared.used);
        let oldest = (0..self.slots.len())
            .min_by_key(|&index| age(&self.slots[index]))
            .unwrap_or(0);
        if let Some(evicted) = self.slots[oldest].take() {
            self.by_text.remove(&evicted.sql);
        }
        oldest
    }
}

/// SQLite would end the text at a NUL and drop the rest in silence.
pub(crate) fn refuse_nul(sql: &str) -> Result<()> {
    match sql.find('\0') {
        Some(at) => Err(Error::misuse(format!(
            "the SQL text holds a NUL at byte {at}"
        ))),
        None => Ok(()),
    }
}

fn address_slot(sql: &str) -> usize {
    let address = sql.as_ptr() as usize;
    (address ^ (address >> 8) ^ sql.len().wrapping_mul(31)) & (ADDRESSES - 1)
}
