//! A lab's file: it is read, or refused with words in both languages; and what was refused can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_lab_file::{errors_csv, read};

fuzz_target!(|data: &[u8]| {
    match read(data) {
        // With the column of errors there is one more than a file may have.
        Ok(file) if file.header.len() >= 50 => {}
        Ok(file) => {
            let rows = file.lines.iter().map(|line| (&line.cells[..], "x"));
            let again = read(errors_csv(&file.header, rows).as_bytes()).expect("what was written can be read");
            assert_eq!(again.header, file.header);
            for mistake in file.lines.iter().filter_map(|line| line.row.as_ref().err()).flatten() {
                assert!(!mistake.message_zh().is_empty() && !mistake.to_string().is_empty());
            }
        }
        Err(error) => assert!(!error.message_zh().is_empty() && !error.to_string().is_empty()),
    }
});
