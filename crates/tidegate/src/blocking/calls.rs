//! The calls that blocking handles have in common, each over the call of the same name of what the handle wraps.

/// Implements the reading calls of a handle with `inner` and `limits`; `$twin` is the name of what it wraps.
macro_rules! reading {
    ($handle:ty, $twin:literal) => {
        impl $handle {
            /// Runs a query and gives all its rows.
            #[doc = concat!("See [`query`](crate::", $twin, "::query).")]
            ///
            /// # Errors
            #[doc = concat!("As [`query`](crate::", $twin, "::query).")]
            pub fn query<T>(
                &self,
                sql: impl Into<std::borrow::Cow<'static, str>>,
                params: impl crate::params::IntoParams,
            ) -> crate::error::Result<Vec<T>>
            where
                T: serde::de::DeserializeOwned + Send + 'static,
            {
                self.limits.wait(self.inner.query(sql, params))
            }

            /// The first row of a query.
            #[doc = concat!("See [`query_one`](crate::", $twin, "::query_one).")]
            ///
            /// # Errors
            #[doc = concat!("As [`query_one`](crate::", $twin, "::query_one).")]
            pub fn query_one<T>(
                &self,
                sql: impl Into<std::borrow::Cow<'static, str>>,
                params: impl crate::params::IntoParams,
            ) -> crate::error::Result<T>
            where
                T: serde::de::DeserializeOwned + Send + 'static,
            {
                self.limits.wait(self.inner.query_one(sql, params))
            }

            /// The first row of a query, if it has any.
            #[doc = concat!("See [`query_opt`](crate::", $twin, "::query_opt).")]
            ///
            /// # Errors
            #[doc = concat!("As [`query_opt`](crate::", $twin, "::query_opt).")]
            pub fn query_opt<T>(
                &self,
                sql: impl Into<std::borrow::Cow<'static, str>>,
                params: impl crate::params::IntoParams,
            ) -> crate::error::Result<Option<T>>
            where
                T: serde::de::DeserializeOwned + Send + 'static,
            {
                self.limits.wait(self.inner.query_opt(sql, params))
            }

            /// The only column of the first row.
            #[doc = concat!("See [`query_scalar`](crate::", $twin, "::query_scalar).")]
            ///
            /// # Errors
            #[doc = concat!("As [`query_scalar`](crate::", $twin, "::query_scalar).")]
            pub fn query_scalar<T>(
                &self,
                sql: impl Into<std::borrow::Cow<'static, str>>,
                params: impl crate::params::IntoParams,
            ) -> crate::error::Result<T>
            where
                T: serde::de::DeserializeOwned + Send + 'static,
            {
                self.limits.wait(self.inner.query_scalar(sql, params))
            }

            /// Runs a closure that reads, on the connection's thread.
            #[doc = concat!("See [`read`](crate::", $twin, "::read).")]
            ///
            /// # Errors
            #[doc = concat!("As [`read`](crate::", $twin, "::read).")]
            pub fn read<R, F>(&self, work: F) -> crate::error::Result<R>
            where
                F: FnOnce(&mut crate::ReadTx<'_>) -> crate::error::Result<R> + Send + 'static,
                R: Send + 'static,
            {
                self.limits.wait(self.inner.read(work))
            }
        }
    };
}

/// Implements the statements that write, likewise.
macro_rules! executing {
    ($handle:ty, $twin:literal) => {
        impl $handle {
            /// Runs one statement and gives the number of rows it changed.
            #[doc = concat!("See [`execute`](crate::", $twin, "::execute).")]
            ///
            /// # Errors
            #[doc = concat!("As [`execute`](crate::", $twin, "::execute).")]
            pub fn execute(
                &self,
                sql: impl Into<std::borrow::Cow<'static, str>>,
                params: impl crate::params::IntoParams,
            ) -> crate::error::Result<u64> {
                self.limits.wait(self.inner.execute(sql, params))
            }

            /// Runs several statements, separated by semicolons and without parameters.
            #[doc = concat!("See [`execute_batch`](crate::", $twin, "::execute_batch).")]
            ///
            /// # Errors
            #[doc = concat!("As [`execute_batch`](crate::", $twin, "::execute_batch).")]
            pub fn execute_batch(
                &self,
                sql: impl Into<std::borrow::Cow<'static, str>>,
            ) -> crate::error::Result<()> {
                self.limits.wait(self.inner.execute_batch(sql))
            }
        }
    };
}

pub(super) use {executing, reading};
