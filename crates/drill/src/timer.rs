//! Timers that fire within some tens of microseconds. Tokio's own are rounded to the millisecond, which is as much as the
//! drill may be late in all.

use std::cell::{Cell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::unix::AsyncFd;

use crate::clock::monotonic_ns;

/// Somebody to wake.
struct Alarm {
    at_ns: u64,
    number: u64,
    waker: Waker,
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at_ns, self.number).cmp(&(other.at_ns, other.number))
    }
}

/// All timers of a drill. They fire while [`Timers::drive`] runs.
pub(crate) struct Timers {
    alarms: RefCell<BinaryHeap<Reverse<Alarm>>>,
    number: Cell<u64>,
    /// When the descriptor fires; `u64::MAX` if it does not.
    armed_ns: Cell<u64>,
    descriptor: AsyncFd<OwnedFd>,
}

impl Timers {
    /// Needs to be called within a runtime.
    pub(crate) fn new() -> std::io::Result<Rc<Self>> {
        let descriptor =
            timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        // An owned descriptor stays open for as long as it is registered, which is all that is asked of it.
        #[expect(deprecated, reason = "the other way in is unsafe, and this crate has no unsafe code")]
        let descriptor = AsyncFd::new(descriptor)?;
        Ok(Rc::new(Self {
            alarms: RefCell::default(),
            number: Cell::new(0),
            armed_ns: Cell::new(u64::MAX),
            descriptor,
        }))
    }

    /// Waits until the monotonic clock says `at_ns`; at once when that is over.
    pub(crate) fn sleep_until(self: &Rc<Self>, at_ns: u64) -> Sleep {
        Sleep { timers: Rc::clone(self), at_ns, set: false }
    }

    /// Wakes whoever is due, for ever.
    pub(crate) async fn drive(&self) -> std::io::Result<()> {
        loop {
            let now_ns = monotonic_ns();
            self.wake(now_ns);
            let next_ns = self.alarms.borrow().peek().map_or(u64::MAX, |Reverse(alarm)| alarm.at_ns);
            self.arm(next_ns)?;
            let mut fired = self.descriptor.readable().await?;
            // The count that could be read is of no use: arming again takes it back.
            fired.clear_ready();
        }
    }

    fn wake(&self, now_ns: u64) {
        let mut alarms = self.alarms.borrow_mut();
        while alarms.peek().is_some_and(|Reverse(alarm)| alarm.at_ns <= now_ns) {
            if let Some(Reverse(alarm)) = alarms.pop() {
                alarm.waker.wake();
            }
        }
    }

    fn arm(&self, at_ns: u64) -> std::io::Result<()> {
        self.armed_ns.set(at_ns);
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let at = if at_ns == u64::MAX {
            zero
        } else {
            Timespec { tv_sec: (at_ns / 1_000_000_000) as i64, tv_nsec: (at_ns % 1_000_000_000) as i64 }
        };
        let spec = Itimerspec { it_interval: zero, it_value: at };
        timerfd_settime(&self.descriptor, TimerfdTimerFlags::ABSTIME, &spec)?;
        Ok(())
    }

    fn set(&self, at_ns: u64, waker: Waker) {
        let number = self.number.get();
        self.number.set(number + 1);
        self.alarms.borrow_mut().push(Reverse(Alarm { at_ns, number, waker }));
        if at_ns < self.armed_ns.get() {
            // An error would come again, and be told, when the driver arms it.
            let _ = self.arm(at_ns);
        }
    }
}

/// A wait until a moment.
pub(crate) struct Sleep {
    timers: Rc<Timers>,
    at_ns: u64,
    set: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if monotonic_ns() >= self.at_ns {
            return Poll::Ready(());
        }
        if !self.set {
            self.set = true;
            self.timers.set(self.at_ns, context.waker().clone());
        }
        Poll::Pending
    }
}
