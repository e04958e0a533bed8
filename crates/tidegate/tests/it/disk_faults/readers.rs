//! A reader that cannot be opened fails the calls that waited for it, and no other.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use tidegate::Call;
use tidegate_testkit::poll::{CountingWaker, WAKE_LIMIT, poll_once};
use tidegate_testkit::vfs::{Failure, Fault, Op};

use super::*;

const COUNT: &str = "SELECT count(*) FROM t";

/// Heals the disk and makes the next call as soon as the one before is answered, on the answering thread.
struct Successor {
    vfs: FaultVfs,
    call: Mutex<Pin<Box<Call<i64>>>>,
    /// Where it was so quick that its first poll saw it.
    answer: Mutex<Option<Result<i64>>>,
    woken: Arc<CountingWaker>,
}

impl Wake for Successor {
    fn wake(self: Arc<Self>) {
        self.vfs.heal();
        let mut call = self.call.lock().expect("unpoisoned");
        let waker = Waker::from(self.woken.clone());
        if let Poll::Ready(answer) = call.as_mut().poll(&mut Context::from_waker(&waker)) {
            *self.answer.lock().expect("unpoisoned") = Some(answer);
            waker.wake();
        }
    }
}

#[test]
fn a_reader_that_cannot_be_opened_fails_nobody_who_comes_later() {
    let rig = tidegate_testkit::poll::block_on(Rig::open());
    rig.vfs
        .inject(Fault::new(Op::ShmLock, Failure::Io).lasting());
    let successor = Arc::new(Successor {
        vfs: rig.vfs,
        call: Mutex::new(Box::pin(rig.db.query_scalar(COUNT, ()))),
        answer: Mutex::default(),
        woken: CountingWaker::new(),
    });
    // The reader's opening stops until the call waits for it.
    let opening = rig.vfs.hold_next(Op::ShmLock, None);
    let mut first = Box::pin(rig.db.query_scalar::<i64>(COUNT, ()));
    let waker = Waker::from(successor.clone());
    assert!(
        first
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    opening.release();
    assert!(successor.woken.wait_beyond(0, WAKE_LIMIT), "answered");
    let Poll::Ready(Err(error)) = first.as_mut().poll(&mut Context::from_waker(&waker)) else {
        panic!("the reader could not be opened");
    };
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    let mut call = successor.call.lock().expect("unpoisoned");
    let at_once = successor.answer.lock().expect("unpoisoned").take();
    let count = at_once.unwrap_or_else(|| match poll_once(call.as_mut(), &successor.woken) {
        Poll::Ready(count) => count,
        Poll::Pending => panic!("it was woken"),
    });
    assert_eq!(count.expect("reads"), 0);
    rig.db.close().wait().expect("closes");
}
