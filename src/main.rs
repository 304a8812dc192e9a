//! Arguments in, exit code out.
use std::process::ExitCode;

/// Millions of small texts come and go on several threads; the system's allocator spends a fifth of a run on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    sostrace::cli::run(std::env::args_os())
}
