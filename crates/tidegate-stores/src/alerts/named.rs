//! Enumerations whose variants have a name: as they are stored, read and shown.

/// Declares one with `ALL`, `as_str`, `FromStr`, `Display` and serde's traits; `$field` is what errors call it.
macro_rules! named {
    (
        $(#[$meta:meta])*
        pub enum $name:ident as $field:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// All of them, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name, under which it is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::Error;

            fn from_str(text: &str) -> crate::error::Result<Self> {
                let found = Self::ALL.iter().find(|one| one.as_str() == text);
                found.copied().ok_or_else(|| {
                    let names = [$($text,)*].join(", ");
                    let reason = format!("{} is none of {names}", crate::check::shown(text));
                    crate::error::Error::invalid($field, reason)
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl tidegate::ToParam for $name {
            fn into_param(self) -> tidegate::Result<tidegate::Param> {
                self.as_str().into_param()
            }
        }
    };
}
pub(super) use named;
