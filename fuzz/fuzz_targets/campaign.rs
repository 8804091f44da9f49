//! A campaign's document: what is read can be asked for everything, and every problem has words in both languages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yimatong_model::campaign::Campaign;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    match Campaign::parse(text) {
        Ok(campaign) => {
            let span = campaign.span();
            assert!(span.from < span.to);
            for street in campaign.city().streets() {
                let community = u64::from(street.code) * 1000 + 1;
                let windows = campaign.windows_of(community, &[]);
                assert_eq!(windows.is_empty(), campaign.area_of(street.code).is_none());
                let _ = campaign.zone_level(community);
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(!problem.text.zh.is_empty() && !problem.to_string().is_empty());
            }
        }
    }
});
