//! What the description of the API says of every route: its id, the key it needs, how it fails.

use utoipa::openapi::path::{Operation as Described, PathItem, Paths};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};

use super::guard::{Access, Operation};
use crate::problem::MEDIA_TYPE;

/// The name of the security scheme.
pub(crate) const KEY_SCHEME: &str = "key";

/// Adds what the guard knows of an operation.
pub(super) fn describe(paths: &mut Paths, operation: Operation) {
    for item in paths.paths.values_mut() {
        for described in methods(item) {
            described.operation_id = Some(operation.name.to_owned());
            described.security = Some(security(operation.access));
            let responses = &mut described.responses.responses;
            responses.insert("default".to_owned(), RefOr::T(failure()));
        }
    }
}

fn methods(item: &mut PathItem) -> impl Iterator<Item = &mut Described> {
    let methods = [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    methods.into_iter().flatten()
}

fn security(access: Access) -> Vec<SecurityRequirement> {
    match access {
        Access::Open => Vec::new(),
        Access::Metrics => vec![SecurityRequirement::new(KEY_SCHEME, ["read"])],
        Access::Scope(scope) => vec![SecurityRequirement::new(KEY_SCHEME, [scope.as_str()])],
    }
}

fn failure() -> utoipa::openapi::Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description("What went wrong, as problem details (RFC 9457)")
        .content(MEDIA_TYPE, content)
        .build()
}
