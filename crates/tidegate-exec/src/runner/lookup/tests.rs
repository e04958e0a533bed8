//! Which file a program's name stands for, and what is said when there is none.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn file(path: &Path, mode: u32) {
    fs::File::create(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_name_stands_for_the_first_executable_file_of_an_absolute_directory() {
    let home = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| home.path().join(name));
    for directory in [&first, &second] {
        fs::create_dir(directory).unwrap();
        file(&directory.join("both"), 0o755);
    }
    file(&first.join("shadowed"), 0o644);
    file(&second.join("shadowed"), 0o755);
    file(&first.join("plain"), 0o644);
    fs::create_dir(first.join("folder")).unwrap();
    let path = std::env::join_paths([Path::new("relative"), &first, &second]).unwrap();
    let check = |program: &str, expected: Result<PathBuf, ErrorKind>| {
        let found = find(program, home.path(), &path).map_err(|error| error.kind());
        assert_eq!(found, expected, "{program}");
    };
    check("both", Ok(first.join("both")));
    check("shadowed", Ok(second.join("shadowed")));
    check("plain", Err(ErrorKind::Permission));
    check("folder", Err(ErrorKind::Permission));
    check("missing", Err(ErrorKind::NotFound));
    check("first/both", Ok(first.join("both")));
    check("./second/both", Ok(home.path().join("./second/both")));
    check("first/plain", Err(ErrorKind::Permission));
    check("first/missing", Err(ErrorKind::NotFound));
}

#[test]
fn the_error_says_where_it_looked() {
    let error = find("nothing-here", Path::new("/"), OsStr::new("/bin:/sbin")).unwrap_err();
    assert!(error.to_string().contains("/bin:/sbin"), "{error}");
    assert!(error.to_string().contains("nothing-here"), "{error}");
}
