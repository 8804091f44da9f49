//! The table of alarms. `monitoring/yimatong.rules.yml` has the same names, `docs/ops.md` says what to do.

use super::figures::{ClassTotals, Measured, percent};
use crate::class::Class;

/// One alarm: when it fires and what people are told.
#[derive(Debug, PartialEq)]
pub struct AlarmRule {
    /// Its name, in kebab-case; `alarm-<name>` is its section in the runbook.
    pub name: &'static str,
    /// It fires when one of these holds.
    pub(super) conditions: &'static [Condition],
    /// It is over when all of them have been clear for so long, in seconds.
    pub(super) over_after_s: u64,
    /// What is wrong and what to do, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl AlarmRule {
    /// Where the runbook says what to do.
    #[must_use]
    pub fn runbook(&self) -> String {
        format!("docs/ops.md#alarm-{}", self.name)
    }
}

/// A value above its limit for some time.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) value: fn(&Measured<'_>) -> f64,
    /// Holds above this.
    pub(super) limit: f64,
    /// Clear at or below this; between the two nothing changes, so that a value at its limit does not flap.
    pub(super) clear: f64,
    pub(super) unit: &'static str,
    /// How long it must hold, in seconds.
    pub(super) for_s: u64,
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

const PROMISED: &[Class] = &[Class::B0, Class::B1];

fn turned_away(totals: &ClassTotals) -> u64 {
    totals.refused + totals.ticketed
}

/// Every alarm.
pub(super) const RULES: &[AlarmRule] = &[
    AlarmRule {
        name: "overload",
        conditions: &[
            Condition {
                value: |now| now.per_s(&Class::ALL, turned_away),
                limit: 0.0,
                clear: 0.0,
                unit: "requests/s",
                for_s: 1,
            },
            Condition {
                value: |now| f64::from(u8::from(now.figures.saturated)),
                limit: 0.0,
                clear: 0.0,
                unit: "saturated",
                for_s: 3,
            },
            Condition {
                value: |now| now.figures.room_waiting as f64,
                limit: 0.0,
                clear: 0.0,
                unit: "people",
                for_s: 3,
            },
        ],
        over_after_s: 30,
        zh: "访问量超过系统能力，新办理的居民正在排队。出示健康码、查验和已开始的办理不受影响。请查看实时页面，必要时发布通知或关闭非必要功能。",
        en: "More requests than the store can take: new flows wait in the room. Codes, gates and flows under way go on. \
             Look at the live page; post a notice or switch functions off if it lasts.",
    },
    AlarmRule {
        name: "gates-refused",
        conditions: &[Condition {
            value: |now| now.per_s(&[Class::B0], |totals| totals.refused),
            limit: 0.0,
            clear: 0.0,
            unit: "requests/s",
            for_s: 0,
        }],
        over_after_s: 60,
        zh: "卡口或检测机构的请求被拒绝，这不应发生。请立即检查数据库，关闭非必要功能，提高工作人员份额。",
        en: "Requests of gates or labs were refused, which must not happen. Check the store now, switch functions off, raise \
             the share of operations.",
    },
    AlarmRule {
        name: "queue-delay",
        conditions: &[Condition {
            value: |now| now.queue_delay_ms(PROMISED),
            limit: 100.0,
            clear: 50.0,
            unit: "ms",
            for_s: 5,
        }],
        over_after_s: 15,
        zh: "工作人员和已放行居民的请求等待过久。请检查数据库是否变慢，必要时关闭非必要功能。",
        en: "Requests of staff and of admitted residents wait too long for the store. See whether the store is slow; switch \
             functions off.",
    },
    AlarmRule {
        name: "store-failing",
        conditions: &[Condition {
            value: |now| now.per_s(&Class::ALL, |totals| totals.failed),
            limit: 0.0,
            clear: 0.0,
            unit: "requests/s",
            for_s: 2,
        }],
        over_after_s: 30,
        zh: "数据库请求持续失败。健康码照常显示。请查看日志和磁盘空间。",
        en: "The store goes on failing requests. Codes are shown all the same. Look at the log and at the space on the disk.",
    },
    AlarmRule {
        name: "store-slow",
        conditions: &[Condition {
            value: |now| now.figures.store_time_ms,
            limit: 300.0,
            clear: 150.0,
            unit: "ms",
            for_s: 10,
        }],
        over_after_s: 30,
        zh: "数据库变慢，可办理的人数随之减少。请检查磁盘和同一机器上的其他程序。",
        en: "The store has become slow, and fewer people can be let in. Check the disk and what else runs on the machine.",
    },
    AlarmRule {
        name: "room-paused",
        conditions: &[Condition {
            value: |now| f64::from(u8::from(now.figures.room_paused)),
            limit: 0.0,
            clear: 0.0,
            unit: "paused",
            for_s: 3,
        }],
        over_after_s: 5,
        zh: "排队暂停叫号：数据库无法写入。号码全部保留。请恢复数据库。",
        en: "The waiting room calls nobody: the store does not take its row. Every place is kept. Bring the store back.",
    },
    AlarmRule {
        name: "connections-near-limit",
        conditions: &[
            Condition {
                value: |now| percent(now.figures.connections_open, now.figures.connections_limit),
                limit: 80.0,
                clear: 70.0,
                unit: "%",
                for_s: 5,
            },
            Condition {
                value: |now| percent(now.figures.parked, now.figures.parked_limit),
                limit: 80.0,
                clear: 70.0,
                unit: "%",
                for_s: 5,
            },
        ],
        over_after_s: 15,
        zh: "连接数接近上限，超出的连接要等待。请检查是否有异常来源，或增加服务器。",
        en: "Connections are near their limit; further ones wait to be accepted. Look for an unusual source, or add a server.",
    },
    AlarmRule {
        name: "event-loop-lag",
        conditions: &[Condition {
            value: |now| now.figures.lag_ms,
            limit: 100.0,
            clear: 50.0,
            unit: "ms",
            for_s: 3,
        }],
        over_after_s: 15,
        zh: "服务器处理器不足，一切响应变慢。请检查同一机器上的其他程序，或增加服务器。",
        en: "The server lacks processor time and every answer is slow. Check what else runs on the machine, or add a server.",
    },
    AlarmRule {
        name: "status-list-stale",
        conditions: &[Condition {
            value: |now| now.figures.status_list_age_s,
            limit: 330.0,
            clear: 310.0,
            unit: "s",
            for_s: 5,
        }],
        over_after_s: 5,
        zh: "状态列表未更新，卡口看不到最新的颜色变化。请查看日志，检查签名密钥。",
        en: "Status lists are not being published, and gates miss changes of colour. Look at the log; check the signing key.",
    },
    AlarmRule {
        name: "clock-off",
        conditions: &[Condition {
            value: |now| now.figures.clock_offset_s,
            limit: 5.0,
            clear: 2.0,
            unit: "s",
            for_s: 5,
        }],
        over_after_s: 5,
        zh: "本机时钟与数据库时钟不一致。节点按数据库时间运行。请检查本机和数据库服务器的时间同步。",
        en: "This machine's clock is not the database's, by which the node goes. Check the time service of both machines.",
    },
    AlarmRule {
        name: "not-ready",
        conditions: &[Condition {
            value: |now| f64::from(u8::from(!now.figures.ready)),
            limit: 0.0,
            clear: 0.0,
            unit: "not ready",
            for_s: 5,
        }],
        over_after_s: 5,
        zh: "服务器未就绪。请查看日志；重启前先确认数据库可用。",
        en: "The server is not ready. Look at the log; see that the store is there before a restart.",
    },
];
