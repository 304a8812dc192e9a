//! Writes the files of the invented incidents: `cargo bench --bench generate -- samples`.

// The truth beside the files is read by other targets, not by this one.
#[allow(dead_code)]
#[path = "generator/mod.rs"]
mod generator;

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Cargo adds `--bench` to the arguments of every bench target.
    let arguments: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    if arguments != ["samples"] {
        println!("usage: cargo bench --bench generate -- samples");
        return Ok(());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for story in generator::stories() {
        let folder = root.join(story.name);
        fs::create_dir_all(&folder)?;
        for file in story.files {
            fs::write(folder.join(file.name), &file.bytes)?;
            println!("samples/{}/{}: {} bytes", story.name, file.name, file.bytes.len());
        }
    }
    Ok(())
}
