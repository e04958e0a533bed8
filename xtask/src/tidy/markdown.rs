//! The rule for Markdown files: a link to a file of the repository leads somewhere.

use std::path::Path;

use super::Complaint;

#[cfg(test)]
mod tests;

/// Every link of the file `path`, which holds `text`, that leads to no file.
pub(super) fn check(root: &Path, path: &str, text: &str) -> Vec<Complaint> {
    let folder = root.join(path);
    let folder = folder.parent().unwrap_or(root);
    let broken = links(text)
        .into_iter()
        .filter(|(_, target)| local_file(target).is_some_and(|file| !exists(root, folder, file)));
    broken
        .map(|(line, target)| {
            Complaint::new(
                path,
                line,
                format!("the link to `{target}` leads to no file"),
            )
        })
        .collect()
}

fn exists(root: &Path, folder: &Path, file: &str) -> bool {
    match file.strip_prefix('/') {
        Some(from_root) => root.join(from_root).exists(),
        None => folder.join(file).exists(),
    }
}

/// The file that a link names, without its fragment; `None` for the web, anchors and Rust paths.
fn local_file(target: &str) -> Option<&str> {
    let file = target.split(['#', '?']).next().unwrap_or_default();
    let elsewhere = file.contains("://") || file.contains("::") || file.starts_with("mailto:");
    (!file.is_empty() && !elsewhere).then_some(file)
}

/// The targets of the links outside code, with their lines.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start();
        if let Some(open) = fence {
            if start.starts_with(open) {
                fence = None;
            }
        } else if let Some(mark) = ["```", "~~~"].into_iter().find(|m| start.starts_with(m)) {
            fence = Some(mark);
        } else {
            let targets = inline_links(line).into_iter().chain(definition(start));
            links.extend(targets.map(|target| (index + 1, target)));
        }
    }
    links
}

/// The targets of `[text](target)` and `![text](target)`, outside of `code`.
fn inline_links(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for (index, part) in line.match_indices("](") {
        if line[..index].matches('`').count() % 2 == 1 && line[index..].contains('`') {
            continue;
        }
        if let Some((inside, _)) = line[index + part.len()..].split_once(')') {
            targets.extend(inside.split_whitespace().next());
        }
    }
    targets
}

/// The target of `[name]: target`.
fn definition(line: &str) -> Option<&str> {
    let (name, target) = line.strip_prefix('[')?.split_once("]:")?;
    let is_footnote = name.starts_with('^');
    let target = target.split_whitespace().next();
    target.filter(|_| !is_footnote && !name.contains(']'))
}
