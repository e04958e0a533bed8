//! Every kind of problem: its code, its status, its title.

use axum::http::StatusCode;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $status:ident, $title:literal;)+) => {
        /// The kind of a problem. Codes are stable: programs decide by them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The HTTP status that goes with it.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// The kind in words.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

codes! {
    /// No `Authorization: Bearer …` came with the request.
    MissingKey = "missing_key", UNAUTHORIZED, "A key is needed";
    /// The key is none that was given out.
    InvalidKey = "invalid_key", UNAUTHORIZED, "The key is not known";
    /// The key's time is over.
    ExpiredKey = "expired_key", UNAUTHORIZED, "The key has expired";
    /// The key was revoked.
    RevokedKey = "revoked_key", UNAUTHORIZED, "The key was revoked";
    /// The key may not be used for this.
    InsufficientScope = "insufficient_scope", FORBIDDEN, "The key may not be used for this";
    /// A browser sent the request on behalf of another site.
    CrossOrigin = "cross_origin", FORBIDDEN, "The request comes from another site";
    /// There is no such path.
    UnknownRoute = "unknown_route", NOT_FOUND, "There is no such path";
    /// The path is there, but not what it names.
    NotFound = "not_found", NOT_FOUND, "There is no such thing";
    /// The path is there, but not with this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The path does not know this method";
    /// The state of the thing does not allow it.
    Conflict = "conflict", CONFLICT, "The state does not allow this";
    /// Somebody was faster: the thing is in another state than was expected.
    StateConflict = "state_conflict", CONFLICT, "It is in another state";
    /// The body is no JSON document.
    InvalidJson = "invalid_json", BAD_REQUEST, "The body is not JSON";
    /// The JSON document is nested too deep.
    TooDeep = "too_deep", BAD_REQUEST, "The body is nested too deep";
    /// The text is not in Prometheus' format.
    InvalidExposition = "invalid_exposition", BAD_REQUEST, "The body is not in Prometheus' text format";
    /// A field or parameter is given that is not known.
    UnknownField = "unknown_field", BAD_REQUEST, "A field is not known";
    /// A field or parameter has a value that makes no sense.
    InvalidField = "invalid_field", UNPROCESSABLE_ENTITY, "A field is not as it must be";
    /// A field or parameter is more than a limit allows.
    LimitExceeded = "limit_exceeded", UNPROCESSABLE_ENTITY, "A limit is exceeded";
    /// A rule is about a metric of which there is no sample.
    UnknownMetric = "unknown_metric", UNPROCESSABLE_ENTITY, "There is no such metric";
    /// A sample cannot be stored, and so none of its batch was.
    SampleRefused = "sample_refused", UNPROCESSABLE_ENTITY, "A sample was refused";
    /// The body's media type is not one that the path takes.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The path does not take this media type";
    /// The body is too big.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too big";
    /// The body ended early or was broken on its way.
    BodyUnreadable = "body_unreadable", BAD_REQUEST, "The body could not be read";
    /// The key was used too often.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests";
    /// An alert occurred too often.
    AlertRateLimited = "alert_rate_limited", TOO_MANY_REQUESTS, "The alert occurred too often";
    /// The request's deadline passed.
    DeadlineExceeded = "deadline_exceeded", GATEWAY_TIMEOUT, "The deadline has passed";
    /// The server or its database has too much to do, or is locked by another process.
    Busy = "busy", SERVICE_UNAVAILABLE, "Busy: try again";
    /// The server is about to end.
    ShuttingDown = "shutting_down", SERVICE_UNAVAILABLE, "The server is shutting down";
    /// The disk is full.
    DiskFull = "disk_full", INSUFFICIENT_STORAGE, "The disk is full";
    /// A fault of the server's own.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something is wrong with the server";
}

impl Code {
    /// Whether another key would help.
    pub(crate) fn is_about_the_key(self) -> bool {
        self.status() == StatusCode::UNAUTHORIZED
    }
}
