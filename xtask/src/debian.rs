//! What builds and tests need from the system, installed on Debian where that can be done.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

/// Something that Cargo cannot bring.
struct Need {
    what: &'static str,
    debian_package: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        what: "OpenSSL's headers and libcrypto, for the feature `encryption`",
        debian_package: "libssl-dev",
        is_there: openssl_is_there,
    },
    Need {
        what: "Prometheus, which sends alerts in the server's tests",
        debian_package: "prometheus",
        is_there: || succeeds(Command::new("prometheus").arg("--version")),
    },
    Need {
        what: "amtool, which lists alerts in the server's tests",
        debian_package: "prometheus-alertmanager",
        is_there: || succeeds(Command::new("amtool").arg("--version")),
    },
    Need {
        what: "Python's aiosmtpd, the mail server of the tests",
        debian_package: "python3-aiosmtpd",
        is_there: aiosmtpd_is_there,
    },
    Need {
        what: "Chromium, for the tests of the dashboard",
        debian_package: "chromium",
        is_there: || answers("chromium"),
    },
    Need {
        what: "ChromeDriver, for the tests of the dashboard",
        debian_package: "chromium-driver",
        is_there: || answers("chromedriver"),
    },
    Need {
        what: "npm, which fetches the accessibility checks of the dashboard",
        debian_package: "npm",
        is_there: || answers("npm"),
    },
    Need {
        what: "faketime, which sets the clock of a server in the tests",
        debian_package: "faketime",
        is_there: faketime_is_there,
    },
];

/// Makes sure that everything is there.
pub(crate) fn provide() -> Result {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.debian_package).collect();
    if let Some(apt_get) = apt_get() {
        println!("installing {}", packages.join(", "));
        install(&apt_get, &packages)?;
    }
    match missing.into_iter().find(|need| !(need.is_there)()) {
        None => Ok(()),
        Some(need) => Err(Failure::new(format!(
            "missing: {} (Debian's package `{}`)",
            need.what, need.debian_package
        ))),
    }
}

/// The words that start apt-get as root; `None` where that is not possible.
fn apt_get() -> Option<Vec<&'static str>> {
    if !Path::new("/etc/debian_version").exists() {
        return None;
    }
    if output_is("id", &["-u"], "0") {
        return Some(vec!["apt-get"]);
    }
    succeeds(Command::new("sudo").args(["-n", "true"])).then(|| vec!["sudo", "-n", "apt-get"])
}

fn install(apt_get: &[&str], packages: &[&str]) -> Result {
    let update = [apt_get, &["update", "-q"]].concat();
    let install = [
        apt_get,
        &["install", "-q", "-y", "--no-install-recommends"],
        packages,
    ]
    .concat();
    for words in [update, install] {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        let status = command.stdin(Stdio::null()).status();
        let status = status.map_err(|cause| Failure::because(words.join(" "), cause))?;
        if !status.success() {
            return Err(Failure::because(words.join(" "), status));
        }
    }
    Ok(())
}

/// Whether the C compiler finds the headers, which come with the library.
fn openssl_is_there() -> bool {
    if std::env::var_os("OPENSSL_DIR").is_some() {
        return true;
    }
    let mut compiler = Command::new("cc");
    compiler.args(["-E", "-include", "openssl/crypto.h", "-x", "c", "/dev/null"]);
    succeeds(&mut compiler)
}

/// Whether a Python has it: the first one, or the one that Debian's package belongs to.
fn aiosmtpd_is_there() -> bool {
    let mut pythons = ["python3", "/usr/bin/python3"].into_iter();
    pythons.any(|python| succeeds(Command::new(python).args(["-c", "import aiosmtpd"])))
}

/// Whether a program tells its version.
fn answers(program: &str) -> bool {
    succeeds(Command::new(program).arg("--version"))
}

fn faketime_is_there() -> bool {
    succeeds(Command::new("faketime").args(["-f", "+0s", "true"]))
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = quiet.stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn output_is(program: &str, arguments: &[&str], expected: &str) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == expected)
}
