//! SQL functions and collations of the user's, registered with every connection.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types as sqlite;
use smallvec::SmallVec;

use super::validate::named;
use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;

/// SQLite's own limit of a function's or collation's name, in bytes.
const NAME_MAX_BYTES: usize = 255;
/// SQLite's own limit of a function's arguments.
const ARGUMENTS_MAX: u8 = 127;

/// How many arguments an SQL function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arity {
    /// Exactly so many, up to 127. Functions of one name may differ in it.
    Exactly(u8),
    /// Any number.
    Any,
}

/// Whether an SQL function always gives the same result for the same arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Determinism {
    /// It does. SQLite may then call it once instead of for every row, and accepts it in indexes and generated
    /// columns, which are corrupted by a function that does not keep this promise.
    Deterministic,
    /// It may not: it reads a clock, a random source or a state.
    Volatile,
}

thread_local! {
    /// The last error of a function on this thread: SQLite itself passes on nothing but its text.
    static FAILURE: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// The error with which a function failed the statement that has just failed with `error`, kind and source included.
pub(crate) fn take_function_error(error: &rusqlite::Error) -> Option<Error> {
    let failure = FAILURE.take()?;
    // A failure that nobody has taken may be of an earlier statement.
    let is_this = matches!(error, rusqlite::Error::SqliteFailure(_, Some(text)) if *text == failure.to_string());
    is_this.then_some(failure)
}

/// All that is to be registered, in order.
#[derive(Clone, Default)]
pub(super) struct Additions(Vec<Arc<dyn Addition>>);

impl Additions {
    pub(super) fn add(&mut self, addition: impl Addition + 'static) {
        self.0.push(Arc::new(addition));
    }

    pub(super) fn register(&self, connection: &Connection) -> Result<()> {
        let register = |addition: &Arc<dyn Addition>| Arc::clone(addition).register(connection);
        self.0.iter().try_for_each(|addition| {
            register(addition).map_err(|error| {
                Error::from_sqlite(error, None)
                    .context(format!("registering `{}`", addition.name()))
            })
        })
    }

    pub(super) fn validate(&self) -> Result<()> {
        self.0.iter().try_for_each(|addition| addition.validate())
    }
}

impl fmt::Debug for Additions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|addition| addition.name()))
            .finish()
    }
}

/// Something to be registered with a connection.
pub(super) trait Addition: Send + Sync {
    fn name(&self) -> &str;
    fn validate(&self) -> Result<()>;
    /// Shares itself with the connection, which may outlive the options.
    fn register(self: Arc<Self>, connection: &Connection) -> rusqlite::Result<()>;
}

/// A function's name and what SQLite has to know about it.
pub(super) struct Signature {
    name: String,
    arity: Arity,
    determinism: Determinism,
}

impl Signature {
    pub(super) fn new(name: impl Into<String>, arity: Arity, determinism: Determinism) -> Self {
        Self {
            name: name.into(),
            arity,
            determinism,
        }
    }

    fn validate(&self) -> Result<()> {
        check_name("function", &self.name)?;
        match self.arity {
            Arity::Exactly(arguments) if arguments > ARGUMENTS_MAX => Err(Error::misuse(format!(
                "option `function` `{}` takes {arguments} arguments; allowed is 0 to {ARGUMENTS_MAX}",
                self.name
            ))),
            Arity::Exactly(_) | Arity::Any => Ok(()),
        }
    }

    fn arguments(&self) -> i32 {
        match self.arity {
            Arity::Exactly(arguments) => i32::from(arguments),
            Arity::Any => -1,
        }
    }

    fn flags(&self) -> FunctionFlags {
        match self.determinism {
            Determinism::Deterministic => {
                FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC
            }
            Determinism::Volatile => FunctionFlags::SQLITE_UTF8,
        }
    }

    /// Runs the user's code; what it throws or returns as an error becomes the statement's error.
    fn guard<R>(&self, code: impl FnOnce() -> Result<R>) -> rusqlite::Result<R> {
        let result = catch_unwind(AssertUnwindSafe(code));
        result
            .unwrap_or_else(|panic| Err(Error::panicked(panic)))
            .map_err(|error| {
                let error = error.context(format!("in the SQL function `{}`", self.name));
                FAILURE.replace(Some(error.duplicate()));
                rusqlite::Error::UserFunctionError(Box::new(error))
            })
    }
}

/// A function of one row.
pub(super) struct Scalar<F> {
    signature: Signature,
    function: F,
}

impl<F> Scalar<F>
where
    F: Fn(&[Value]) -> Result<Value> + Send + Sync + 'static,
{
    pub(super) fn new(signature: Signature, function: F) -> Self {
        Self {
            signature,
            function,
        }
    }

    fn call(&self, context: &Context<'_>) -> rusqlite::Result<sqlite::Value> {
        self.signature
            .guard(|| (self.function)(&arguments(context)?))
            .map(into_sqlite)
    }
}

impl<F> Addition for Scalar<F>
where
    F: Fn(&[Value]) -> Result<Value> + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        &self.signature.name
    }

    fn validate(&self) -> Result<()> {
        self.signature.validate()
    }

    fn register(self: Arc<Self>, connection: &Connection) -> rusqlite::Result<()> {
        let (arguments, flags) = (self.signature.arguments(), self.signature.flags());
        let name = self.signature.name.clone();
        connection.create_scalar_function(name.as_str(), arguments, flags, move |context| {
            self.call(context)
        })
    }
}

/// A function of a group of rows, with the state `S` of a group.
pub(super) struct Aggregate<S, F, G> {
    signature: Signature,
    step: F,
    finish: G,
    state: PhantomData<fn() -> S>,
}

impl<S, F, G> Aggregate<S, F, G> {
    pub(super) fn new(signature: Signature, step: F, finish: G) -> Self {
        Self {
            signature,
            step,
            finish,
            state: PhantomData,
        }
    }
}

impl<S, F, G> Addition for Aggregate<S, F, G>
where
    S: Default + Send + 'static,
    F: Fn(&mut S, &[Value]) -> Result<()> + Send + Sync + 'static,
    G: Fn(S) -> Result<Value> + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        &self.signature.name
    }

    fn validate(&self) -> Result<()> {
        self.signature.validate()
    }

    fn register(self: Arc<Self>, connection: &Connection) -> rusqlite::Result<()> {
        let (arguments, flags) = (self.signature.arguments(), self.signature.flags());
        let name = self.signature.name.clone();
        connection.create_aggregate_function(name.as_str(), arguments, flags, Shared(self))
    }
}

/// What a connection holds of an aggregate.
struct Shared<T>(Arc<T>);

impl<S, F, G> rusqlite::functions::Aggregate<AssertUnwindSafe<S>, sqlite::Value>
    for Shared<Aggregate<S, F, G>>
where
    S: Default + Send + 'static,
    F: Fn(&mut S, &[Value]) -> Result<()> + Send + Sync + 'static,
    G: Fn(S) -> Result<Value> + Send + Sync + 'static,
{
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<AssertUnwindSafe<S>> {
        self.0
            .signature
            .guard(|| Ok(AssertUnwindSafe(S::default())))
    }

    fn step(
        &self,
        context: &mut Context<'_>,
        state: &mut AssertUnwindSafe<S>,
    ) -> rusqlite::Result<()> {
        self.0
            .signature
            .guard(|| (self.0.step)(state, &arguments(context)?))
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        state: Option<AssertUnwindSafe<S>>,
    ) -> rusqlite::Result<sqlite::Value> {
        let finish = || (self.0.finish)(state.map(|state| state.0).unwrap_or_default());
        self.0.signature.guard(finish).map(into_sqlite)
    }
}

/// An order of texts.
pub(super) struct Collation<F> {
    name: String,
    compare: F,
}

impl<F> Collation<F>
where
    F: Fn(&str, &str) -> Ordering + Send + Sync + 'static,
{
    pub(super) fn new(name: impl Into<String>, compare: F) -> Self {
        Self {
            name: name.into(),
            compare,
        }
    }

    /// SQLite offers no way to fail here, so a panic must at least leave an order that is always the same.
    fn order(&self, left: &str, right: &str) -> Ordering {
        let result = catch_unwind(AssertUnwindSafe(|| (self.compare)(left, right)));
        result.unwrap_or_else(|_| {
            tracing::error!(collation = %self.name, "a collation panicked; comparing bytes instead");
            left.cmp(right)
        })
    }
}

impl<F> Addition for Collation<F>
where
    F: Fn(&str, &str) -> Ordering + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn validate(&self) -> Result<()> {
        check_name("collation", &self.name)
    }

    fn register(self: Arc<Self>, connection: &Connection) -> rusqlite::Result<()> {
        let name = self.name.clone();
        connection.create_collation(name.as_str(), move |left: &str, right: &str| {
            self.order(left, right)
        })
    }
}

fn check_name(option: &str, name: &str) -> Result<()> {
    named(option, Some(name))?;
    if name.len() > NAME_MAX_BYTES {
        let problem = format!(
            "option `{option}` has a name of {} bytes; allowed is 1 to {NAME_MAX_BYTES}",
            name.len()
        );
        return Err(Error::misuse(problem));
    }
    Ok(())
}

fn arguments(context: &Context<'_>) -> Result<SmallVec<[Value; 4]>> {
    (0..context.len())
        .map(|index| from_sqlite(index, context.get_raw(index)))
        .collect()
}

fn from_sqlite(index: usize, value: sqlite::ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        sqlite::ValueRef::Null => Value::Null,
        sqlite::ValueRef::Integer(integer) => Value::Integer(integer),
        sqlite::ValueRef::Real(real) => Value::Real(real),
        sqlite::ValueRef::Text(bytes) => Value::Text(text(index, bytes)?),
        sqlite::ValueRef::Blob(bytes) => Value::Blob(bytes.to_owned()),
    })
}

fn text(index: usize, bytes: &[u8]) -> Result<String> {
    let problem = |_| {
        Error::new(
            ErrorKind::Conversion,
            format!("argument {} is text that is not UTF-8", index + 1),
        )
    };
    std::str::from_utf8(bytes)
        .map(ToOwned::to_owned)
        .map_err(problem)
}

fn into_sqlite(value: Value) -> sqlite::Value {
    match value {
        Value::Null => sqlite::Value::Null,
        Value::Integer(integer) => sqlite::Value::Integer(integer),
        Value::Real(real) => sqlite::Value::Real(real),
        Value::Text(text) => sqlite::Value::Text(text),
        Value::Blob(bytes) => sqlite::Value::Blob(bytes),
    }
}

#[cfg(test)]
mod tests;
