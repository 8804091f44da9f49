//! The binary `yimatong`.

fn main() -> std::process::ExitCode {
    yimatong_server::cli::main()
}
