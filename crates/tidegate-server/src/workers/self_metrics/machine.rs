//! What the machine is like: load, memory, the disk of the database. What the system does not tell is left out.

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::Measurement;
use crate::app::App;

const MIB: f64 = 1_048_576.0;

/// Everything that can be measured.
pub(super) async fn measure(app: &App) -> Vec<Measurement> {
    let mut measured = Vec::new();
    measured.extend(load(&read("/proc/loadavg").await));
    measured.extend(memory(&read("/proc/meminfo").await));
    measured.extend(own_memory(&read("/proc/self/status").await));
    measured.extend(disk(app.path.clone()).await);
    let wal = app.db.stats().wal.size_bytes as f64;
    measured.push(Measurement::new("tidegate_wal_bytes", wal));
    measured
}

/// The text of a file of the system; nothing where there is none.
async fn read(path: &str) -> String {
    tokio::fs::read_to_string(path).await.unwrap_or_default()
}

fn load(text: &str) -> Option<Measurement> {
    let one = text.split_whitespace().next()?.parse().ok()?;
    Some(Measurement::new("machine_load1", one))
}

fn memory(text: &str) -> Vec<Measurement> {
    let (Some(total), Some(available)) = (kib(text, "MemTotal"), kib(text, "MemAvailable")) else {
        return Vec::new();
    };
    let used = total - available;
    vec![
        Measurement::new("machine_memory_used_bytes", used * 1_024.0),
        Measurement::new("machine_memory_total_bytes", total * 1_024.0),
        Measurement::new("machine_memory_used_ratio", used / total),
    ]
}

/// What this process takes, under the name that the built-in rules go by.
fn own_memory(text: &str) -> Option<Measurement> {
    let resident = kib(text, "VmRSS")? * 1_024.0;
    Some(Measurement::new("memory_usage_mb", resident / MIB))
}

/// The number of a line such as `MemTotal:  16316412 kB`.
fn kib(text: &str, name: &str) -> Option<f64> {
    let mut lines = text.lines();
    let rest = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// The file system of the database. A network's may keep one waiting, so it is asked on a thread for such work.
async fn disk(database: PathBuf) -> Vec<Measurement> {
    let asked = tokio::task::spawn_blocking(move || {
        let found = rustix::fs::statvfs(&database).ok()?;
        let bytes = |blocks: u64| blocks as f64 * found.f_frsize as f64;
        Some((bytes(found.f_bavail), bytes(found.f_blocks)))
    });
    let Ok(Some((free, total))) = asked.await else {
        return Vec::new();
    };
    vec![
        Measurement::new("machine_disk_free_bytes", free),
        Measurement::new("machine_disk_total_bytes", total),
        Measurement::new("machine_disk_used_ratio", 1.0 - free / total.max(1.0)),
    ]
}
