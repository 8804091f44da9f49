//! Builds the pages in `web/` and makes a table of them for `include_bytes!`.
//!
//! `WEB_DIST=dir` takes pages that are already built, so that the binary can be made without Node. The pages
//! are rebuilt only when their sources changed; `npm ci` runs only when the lock file changed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-env-changed=WEB_DIST");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let given = env::var_os("WEB_DIST").map(PathBuf::from);
    if let Some(dist) = &given {
        println!("cargo:rerun-if-changed={}", dist.display());
    }
    let dist = given.unwrap_or_else(|| build_pages(&out));
    let table = asset_table(&dist);
    fs::write(out.join("web_assets.rs"), table).expect("OUT_DIR is writable");
}

/// Runs the web build and returns the folder with its result.
fn build_pages(out: &Path) -> PathBuf {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let web = manifest.join("../../web").canonicalize().unwrap_or_else(|e| {
        panic!("the web sources are missing beside crates/ ({e}); set WEB_DIST to a folder of built pages")
    });
    for source in [
        "src",
        "public",
        "scripts",
        "package.json",
        "package-lock.json",
        "tsconfig.json",
        "index.html",
        "verifier.html",
        "sampler.html",
        "console.html",
        "vite.config.ts",
    ] {
        if web.join(source).exists() {
            println!("cargo:rerun-if-changed={}", web.join(source).display());
        }
    }
    // The console offers the notices, rules and divisions of the project.
    for shared in ["campaigns", "rules", "crates/model/data"] {
        println!("cargo:rerun-if-changed={}", web.join("..").join(shared).display());
    }
    let dist = out.join("web");
    install_packages(&web);
    run(Command::new("npm").args(["run", "build", "--silent"]).current_dir(&web).env("WEB_OUT", &dist));
    dist
}

/// `npm ci` when the installed packages are not those of the lock file.
fn install_packages(web: &Path) {
    let lock = fs::read(web.join("package-lock.json")).expect("web/package-lock.json is in the repository");
    let stamp = web.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return;
    }
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(web));
    fs::write(stamp, lock).expect("node_modules is writable");
}

fn run(command: &mut Command) {
    let result = command.output();
    let output = match result {
        Ok(output) => output,
        Err(error) => panic!(
            "cannot run {command:?}: {error}. The pages need Node 20 and npm (`make setup`), or set WEB_DIST to a folder of built pages"
        ),
    };
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A Rust array of `Asset { path, plain, gzip, brotli }`, sorted by path.
fn asset_table(dist: &Path) -> String {
    let mut files = Vec::new();
    walk(dist, dist, &mut files);
    files.sort();
    let mut table = String::from("static ASSETS: &[Asset] = &[\n");
    for path in files.iter().filter(|p| !p.ends_with(".br") && !p.ends_with(".gz")) {
        let include = |suffix: &str| {
            let file = dist.join(format!("{path}{suffix}"));
            if suffix.is_empty() {
                format!("include_bytes!({:?})", file.display().to_string())
            } else if file.exists() {
                format!("Some(include_bytes!({:?}))", file.display().to_string())
            } else {
                "None".to_owned()
            }
        };
        writeln!(
            table,
            "    Asset {{ path: {path:?}, plain: {}, gzip: {}, brotli: {} }},",
            include(""),
            include(".gz"),
            include(".br")
        )
        .expect("writing to a String cannot fail");
    }
    table.push_str("];\n");
    table
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("cannot read {}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder entry").path();
        if path.is_dir() {
            walk(root, &path, files);
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.push(relative.display().to_string());
        }
    }
}
