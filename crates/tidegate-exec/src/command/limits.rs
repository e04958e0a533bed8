//! What each process of a command may use.

use rustix::process::{Resource, getrlimit};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

const BYTES_PER_KIB: u64 = 1024;
/// Below this the shell that applies the limits cannot start.
const MEMORY_MIN_BYTES: u64 = 4 << 20;
/// The three streams, and one for the loader of programs.
const OPEN_FILES_MIN: u64 = 4;
/// From the moment at which the command is told that its time is used up to the one at which it is killed.
const CPU_GRACE_SECONDS: u64 = 1;

/// What each process of a command may use.
///
/// The limits are in force before the first instruction of the program, and its children inherit them. They hold for
/// each process by itself, not for all together.
///
/// They are applied by a fixed script in `/bin/sh`, which reads the limits back and then becomes the program; the
/// arguments are handed through as they are. The call fails unless the limits read back are those that were asked for.
/// This is the way because every other one is unsound, or leaves the program running for a moment without limits. It
/// costs the start of a shell, and where that shell is bash the program also sees the variable `SHLVL`.
///
/// ```
/// use tidegate_exec::Limits;
///
/// let limits = Limits::none().cpu_seconds(5).memory_bytes(512 << 20).open_files(64).no_core();
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    cpu_seconds: Option<u64>,
    memory_bytes: Option<u64>,
    open_files: Option<u64>,
    no_core: bool,
}

impl Limits {
    /// No limit but those that this process has itself.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            cpu_seconds: None,
            memory_bytes: None,
            open_files: None,
            no_core: false,
        }
    }

    /// Processor time, at least a second. A process that has used it up gets `SIGXCPU`, which ends it unless it takes
    /// care of the signal, and is killed a second later.
    #[must_use]
    pub const fn cpu_seconds(mut self, seconds: u64) -> Self {
        self.cpu_seconds = Some(seconds);
        self
    }

    /// Address space, at least 4 MiB, in whole KiB (rounded down). Memory beyond it is refused to the process.
    #[must_use]
    pub const fn memory_bytes(mut self, bytes: u64) -> Self {
        self.memory_bytes = Some(bytes);
        self
    }

    /// Open files, at least 4; the standard streams count.
    #[must_use]
    pub const fn open_files(mut self, files: u64) -> Self {
        self.open_files = Some(files);
        self
    }

    /// No core file when it crashes.
    #[must_use]
    pub const fn no_core(mut self) -> Self {
        self.no_core = true;
        self
    }

    pub(crate) fn is_none(&self) -> bool {
        *self == Self::none()
    }

    pub(crate) fn has_cpu_limit(&self) -> bool {
        self.cpu_seconds.is_some()
    }

    pub(super) fn validate(&self) -> Result<()> {
        for (name, value, minimum) in [
            ("limits.cpu_seconds", self.cpu_seconds, 1),
            ("limits.memory_bytes", self.memory_bytes, MEMORY_MIN_BYTES),
            ("limits.open_files", self.open_files, OPEN_FILES_MIN),
        ] {
            if let Some(value) = value.filter(|value| !(minimum..=u64::MAX >> 1).contains(value)) {
                let reason = format!("is {value}: allowed is {minimum} to {}", u64::MAX >> 1);
                return Err(Error::invalid(name, reason));
            }
        }
        Ok(())
    }

    /// The limits for the shell that applies them.
    pub(crate) fn ulimits(&self) -> Vec<Ulimit> {
        let mut all = Vec::new();
        all.extend(self.cpu_seconds.map(|soft| Ulimit {
            hard: soft + CPU_GRACE_SECONDS,
            ..Ulimit::both("limits.cpu_seconds", Resource::Cpu, 't', soft)
        }));
        all.extend(self.memory_bytes.map(|bytes| Ulimit {
            unit: BYTES_PER_KIB,
            ..Ulimit::both(
                "limits.memory_bytes",
                Resource::As,
                'v',
                bytes / BYTES_PER_KIB,
            )
        }));
        all.extend(
            self.open_files
                .map(|files| Ulimit::both("limits.open_files", Resource::Nofile, 'n', files)),
        );
        all.extend(
            self.no_core
                .then(|| Ulimit::both("limits.no_core", Resource::Core, 'c', 0)),
        );
        all
    }
}

/// One limit as the shell's `ulimit` has it.
pub(crate) struct Ulimit {
    setting: &'static str,
    resource: Resource,
    pub(crate) option: char,
    /// What the process gets, and may raise up to `hard`.
    pub(crate) soft: u64,
    pub(crate) hard: u64,
    /// What one of these stands for in the operating system's own unit.
    unit: u64,
}

impl Ulimit {
    fn both(setting: &'static str, resource: Resource, option: char, value: u64) -> Self {
        Self {
            setting,
            resource,
            option,
            soft: value,
            hard: value,
            unit: 1,
        }
    }

    /// Refuses what is beyond the limit of this process, which no shell can raise.
    pub(crate) fn check(&self) -> Result<()> {
        let own = getrlimit(self.resource).maximum;
        match own.filter(|own| self.hard.saturating_mul(self.unit) > *own) {
            None => Ok(()),
            Some(own) => Err(Error::new(
                ErrorKind::Limits,
                format!(
                    "`{}` cannot be applied: this process is limited to {own} itself",
                    self.setting
                ),
            )),
        }
    }
}
