//! Who waits for whom.

use std::sync::mpsc;
use std::task::Poll;

use super::*;

#[tokio::test]
async fn a_write_that_hangs_holds_up_its_own_file_and_no_other() {
    let lanes = Lanes::default();
    let (release, released) = mpsc::channel::<()>();
    let (order, ran) = mpsc::channel();
    let first = order.clone();
    let hanging = lanes.clone();
    let hanging = tokio::spawn(async move {
        let write = move || {
            first.send("begun").unwrap();
            released.recv().unwrap();
            first.send("hung").unwrap();
            Ok(())
        };
        hanging.run(Path::new("a"), write).await
    });
    let other = lanes.clone();
    let begun = tokio::task::spawn_blocking(move || (ran.recv(), ran));
    let (begun, ran) = begun.await.unwrap();
    assert_eq!(begun, Ok("begun"));
    other.run(Path::new("b"), || Ok(())).await.unwrap();

    let say = |word: &'static str| {
        let order = order.clone();
        move || {
            order.send(word).unwrap();
            Ok(())
        }
    };
    let mut dropped = Box::pin(lanes.run(Path::new("a"), say("dropped")));
    let mut waiting = Box::pin(lanes.run(Path::new("a"), say("waited")));
    std::future::poll_fn(|context| {
        assert!(dropped.as_mut().poll(context).is_pending());
        assert!(waiting.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    drop(dropped);
    release.send(()).unwrap();
    waiting.await.unwrap();
    hanging.await.unwrap().unwrap();
    assert_eq!(ran.try_iter().collect::<Vec<_>>(), ["hung", "waited"]);
}

#[tokio::test]
async fn a_lane_that_nobody_is_in_is_forgotten() {
    let lanes = Lanes::default();
    for number in 0..100 {
        let place = PathBuf::from(number.to_string());
        lanes.run(&place, || Ok(())).await.unwrap();
    }
    assert!(lanes.lanes.lock().unwrap().len() <= 2);
}
